//! A start of this program apart from the terminal: the new process is told so by a variable, becomes the leader of a session of
//! its own, and says on its standard output when it serves.

use crate::system;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

const VARIABLE: &str = "AIRLOCK_DETACHED";
const READY: &str = "ready\n";

/// Starts this program with these arguments; returns when it serves. An error has what it wrote before it ended.
pub fn detached(arguments: Vec<String>) -> io::Result<()> {
    let mut command = Command::new(system::program()?);
    command.args(arguments).env(VARIABLE, "1").current_dir("/");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
    let mut said = String::new();
    if let Some(stdout) = child.stdout.take() {
        // It closes it when it serves, or by ending.
        stdout.take(64).read_to_string(&mut said)?;
    }
    if said == READY {
        return Ok(());
    }
    let status = child.wait()?;
    Err(io::Error::other(format!("it ended at once ({status})")))
}

/// In the new process: says that it serves, and lets go of the terminal.
pub fn tell_parent_ready() {
    if system::variable(VARIABLE).is_none() {
        return;
    }
    // Fails only for the leader of a process group, which is what no child is that was started so.
    let _ = nix::unistd::setsid();
    let mut stdout = io::stdout();
    if stdout.write_all(READY.as_bytes()).and_then(|()| stdout.flush()).is_ok() {
        let nothing = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null");
        if let Ok(nothing) = nothing {
            let _ = nix::unistd::dup2_stdout(&nothing);
            let _ = nix::unistd::dup2_stderr(&nothing);
        }
    }
}
