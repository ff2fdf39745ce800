//! Small facts about this process that only this crate may look up.

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

/// The processor's time that this thread has used.
pub fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
