//! Small facts about this process that only this crate may look up.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use nix::time::{ClockId, clock_gettime};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// A variable of the environment.
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The effective user.
pub fn user_id() -> u32 {
    nix::unistd::geteuid().as_raw()
}

pub fn is_root() -> bool {
    user_id() == 0
}

/// The program's own file.
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

/// The processor's time that this process has used, and the tools that it ran.
pub fn process_time() -> Duration {
    let used = |who| getrusage(who).map_or(Duration::ZERO, |usage| time(usage.user_time()) + time(usage.system_time()));
    used(UsageWho::RUSAGE_SELF) + used(UsageWho::RUSAGE_CHILDREN)
}

fn time(value: TimeVal) -> Duration {
    let part = |part: i64| u64::try_from(part).unwrap_or(0);
    Duration::from_secs(part(value.tv_sec())) + Duration::from_micros(part(value.tv_usec()))
}

/// Milliseconds since the system started, whatever its clock is set to.
pub fn monotonic_milliseconds() -> u64 {
    let since = clock_gettime(CLOCK).map_or(Duration::ZERO, Duration::from);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// One that goes on while the machine sleeps, where there is one.
#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::CLOCK_BOOTTIME;
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::CLOCK_MONOTONIC;

/// The processor's time that this thread has used.
pub fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// Lets this process have so many files and connections open, as far as the system allows, and says how many it may have.
pub fn open_files(wanted: u64) -> u64 {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 256 };
    let more = wanted.min(hard);
    if more > soft && setrlimit(Resource::RLIMIT_NOFILE, more, hard).is_ok() { more } else { soft }
}
