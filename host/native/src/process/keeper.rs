//! Between this program and a command that it runs stands this program once more: the keeper. It starts the command, and
//! whatever the command leaves behind, in whatever group or session and with whatever output, becomes a child of the keeper
//! (PR_SET_CHILD_SUBREAPER, prctl(2)) and of nobody else. So nothing gets lost: when the command has ended, the keeper ends
//! all that is left of it, and then itself in the same way as the command did. When this program ends before, so do they.
//!
//! What a command asks others to start (a service manager, a scheduler) is theirs, and not ended here.

use super::running::below;
use super::{Command, is_script, leave_open};
use nix::errno::Errno;
use nix::sys::prctl::{set_child_subreaper, set_pdeathsig};
use nix::sys::signal::{SigSet, Signal, kill, raise};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The word by which this program is a keeper; behind it are the user and the group, the command's own name, its words.
const WORD: &str = "keep-command";
/// In place of a user and a group: those that it has.
const SAME: &str = "-";
/// What it says, with this code, of a command that never began.
const NEVER_BEGAN: (i32, &str) = (127, "airlock: could not be started: ");
/// What refuses to end is left after this.
const LONGEST: Duration = Duration::from_secs(5);

/// The keeper of a command; the program's file is its input.
pub(super) fn keeper(program: File, command: &Command, user: Option<(u32, u32)>) -> std::process::Command {
    let (uid, gid) = user.map_or((SAME.to_owned(), SAME.to_owned()), |(uid, gid)| (uid.to_string(), gid.to_string()));
    // The file that runs, also when another lies at its path by now.
    let mut keeper = std::process::Command::new("/proc/self/exe");
    keeper.args([WORD, &uid, &gid, &command.program]).args(&command.argv).stdin(program);
    keeper
}

/// Why a command never began, if that is how its keeper ended.
pub(super) fn never_began(code: Option<i32>, stderr: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(stderr);
    let why = said.strip_prefix(NEVER_BEGAN.1).filter(|_| code == Some(NEVER_BEGAN.0))?;
    Some(why.trim_end().to_owned())
}

/// Is the keeper of a command, if these words (this program's own name first) say so. It has to come before anything that
/// starts a thread or takes a signal.
pub fn keep_command(words: &[OsString]) -> Option<ExitCode> {
    let [_, word, uid, gid, name, arguments @ ..] = words else { return None };
    if word != WORD {
        return None;
    }
    Some(keep(uid, gid, name, arguments).unwrap_or_else(|error| {
        eprintln!("{}{error}", NEVER_BEGAN.1);
        ExitCode::from(u8::try_from(NEVER_BEGAN.0).unwrap_or(1))
    }))
}

fn keep(uid: &OsString, gid: &OsString, name: &OsString, arguments: &[OsString]) -> io::Result<ExitCode> {
    set_child_subreaper(true)?;
    set_pdeathsig(Signal::SIGTERM)?;
    // Opened by its name in /proc, for its number is the input, which the command does not get.
    let mut program = File::open("/proc/self/fd/0")?;
    if is_script(&mut program)? {
        leave_open(&program)?;
    }
    let mut command = std::process::Command::new(format!("/proc/self/fd/{}", program.as_raw_fd()));
    command.arg0(name).args(arguments).stdin(Stdio::null()).process_group(0);
    if let (Some(uid), Some(gid)) = (number(uid), number(gid)) {
        command.uid(uid).gid(gid);
    }
    let child = command.spawn()?;
    drop(program);
    let child = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
    // Held back from here on, for a child has what its parent has. What ended before is seen by the first look.
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGCHLD);
    signals.add(Signal::SIGTERM);
    signals.thread_block()?;
    let ended = loop {
        if let Some(ended) = reap(child) {
            break Some(ended);
        }
        if signals.wait()? == Signal::SIGTERM {
            break None;
        }
    };
    end_what_is_left(child);
    Ok(match ended {
        Some(WaitStatus::Exited(_, code)) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
        _ => {
            // No code: a signal ended it.
            raise(Signal::SIGKILL)?;
            ExitCode::FAILURE
        }
    })
}

fn number(word: &OsString) -> Option<u32> {
    word.to_str()?.parse().ok()
}

/// Takes note of all that has ended; how the command did, if it is among them.
fn reap(command: Pid) -> Option<WaitStatus> {
    let mut found = None;
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::EINTR) => {}
            Ok(WaitStatus::StillAlive) | Err(_) => return found,
            Ok(status) if status.pid() == Some(command) => found = Some(status),
            Ok(_) => {}
        }
    }
}

fn end_what_is_left(command: Pid) {
    let began = Instant::now();
    loop {
        let left = below(Pid::this());
        if left.is_empty() || began.elapsed() > LONGEST {
            return;
        }
        for process in left {
            // One that ended meanwhile stays a number of ours until it is reaped.
            let _ = kill(process, Signal::SIGKILL);
        }
        sleep(Duration::from_millis(1));
        reap(command);
    }
}
