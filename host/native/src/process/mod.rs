//! Commands as the policy spells them out. The program is opened, looked at, and *that* file is run (by its descriptor, not by
//! its name again); its words go to it as they are, there is no shell, nothing is inherited: the folder is `/` (or the job's), the environment
//! is two fixed variables, the input is empty. What it starts ends with it ([`keeper`]). Refused: a program that others than root and this user can write to, one whose
//! digest is another than the policy says, and a path among the words that does not lead where it says.

mod keeper;
mod running;

use crate::beneath::place;
use crate::off_thread::{Stopped, off_thread};
use crate::own_files::OwnFiles;
use crate::system;
use airlock_gate::calls::Outcome;
use airlock_gate::ports::{Answer, Process};
use airlock_gate::{CallError, Command};
pub use keeper::keep_command;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::unistd::User;
pub(crate) use running::{End, Running};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where a command that looks for others finds them.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";
/// A day: longer than any command that is waited for.
const LONGEST: u64 = 86_400;

/// The commands of this machine.
#[derive(Debug, Clone)]
pub struct MachineProcess {
    own: Arc<OwnFiles>,
    is_kept: bool,
}

impl MachineProcess {
    /// Words of commands never name the agent's own files.
    pub fn new(own: Arc<OwnFiles>) -> Self {
        Self { own, is_kept: false }
    }

    /// Each command has a keeper: this program once more, which has to call [`keep_command`] before all else.
    #[must_use]
    pub fn kept(self) -> Self {
        Self { is_kept: true, ..self }
    }
}

impl Process for MachineProcess {
    fn run<'a>(&'a self, command: &'a Command) -> Answer<'a, Outcome> {
        let (process, command) = (self.clone(), command.clone());
        Box::pin(off_thread(move |stopped| run(&command, &process, stopped)))
    }
}

fn failed(command: &Command, why: impl std::fmt::Display) -> CallError {
    CallError::Failed(format!("{}: {why}", command.program))
}

fn run(command: &Command, process: &MachineProcess, stopped: &Stopped) -> Result<Outcome, CallError> {
    let program = program(command)?;
    for word in &command.paths {
        match place(&word.path, &word.root, &process.own)?.look(&word.path, &process.own) {
            Err(CallError::NotFound) if !word.exists => {}
            looked => drop(looked?),
        }
    }
    let user = command.run_as.as_ref().map(|user| run_as(user, command)).transpose()?.flatten();
    // Open until the command has it.
    let mut held = None;
    let mut child = if process.is_kept {
        keeper::keeper(program, command, user)
    } else {
        let mut child = std::process::Command::new(format!("/proc/self/fd/{}", program.as_raw_fd()));
        held = Some(program);
        child.arg0(&command.program).args(&command.argv).stdin(Stdio::null());
        if let Some((uid, gid)) = user {
            child.uid(uid).gid(gid);
        }
        child
    };
    child
        .env_clear()
        .env("PATH", PATH)
        .env("LC_ALL", "C")
        .current_dir(command.work.folder.as_deref().filter(|_| command.work.is_cwd).unwrap_or("/"))
        .process_group(0);
    child.stdout(Stdio::piped()).stderr(Stdio::piped());
    let deadline = Instant::now() + Duration::from_secs(command.wall_seconds.min(LONGEST));
    let child = child.spawn().map_err(|error| failed(command, format!("could not be started: {error}")))?;
    drop(held);
    let mut running = Running::new(child).map_err(|error| failed(command, error))?;
    let most = usize::try_from(command.output_kb.saturating_mul(1024)).unwrap_or(usize::MAX).min(16 << 20);
    match running.drain(deadline, most, stopped).map_err(|error| failed(command, error))? {
        End::Finished { status, stdout, stderr } => match keeper::never_began(status.code(), &stderr) {
            Some(why) if process.is_kept => Err(failed(command, format!("could not be started: {why}"))),
            _ => Ok(Outcome { exit_code: status.code(), stdout, stderr }),
        },
        End::Late => Err(CallError::Timeout),
        End::Stopped => Err(CallError::Cancelled),
    }
}

/// The program's file, open, and what the policy says it is.
fn program(command: &Command) -> Result<File, CallError> {
    let path = &command.program;
    if !path.starts_with('/') {
        return Err(failed(command, "is not an absolute path"));
    }
    // Without waiting: a name may lead to a pipe.
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits())
        .open(path)
        .map_err(|error| failed(command, error))?;
    let meta = file.metadata().map_err(|error| failed(command, error))?;
    if !meta.is_file() {
        return Err(failed(command, "is no regular file"));
    }
    let is_safe = (meta.uid() == 0 || meta.uid() == system::user_id()) && meta.mode() & 0o022 == 0;
    if !is_safe {
        return Err(failed(command, "is not run, because others than root and this user can write to it"));
    }
    if let Some(wanted) = &command.sha256 {
        let is = digest(&mut file).map_err(|error| failed(command, error))?;
        if !is.eq_ignore_ascii_case(wanted) {
            return Err(failed(command, "is not the program that was meant: its digest is another"));
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| failed(command, error))?;
    if is_script(&mut file).map_err(|error| failed(command, error))? {
        leave_open(&file).map_err(|error| failed(command, error))?;
    }
    Ok(file)
}

/// Whether a file, read from its start, is for an interpreter.
fn is_script(file: &mut File) -> std::io::Result<bool> {
    let mut start = Vec::new();
    file.take(2).read_to_end(&mut start)?;
    Ok(start == *b"#!")
}

/// A script is opened once more, by its interpreter: it has to find the same file still open.
fn leave_open(file: &File) -> std::io::Result<()> {
    fcntl(file, FcntlArg::F_SETFD(FdFlag::empty()))?;
    Ok(())
}

fn digest(file: &mut File) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(file, &mut hasher)?;
    Ok(hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// The user and the group of a command, if they are others: root may be anybody, others only who they are.
fn run_as(name: &str, command: &Command) -> Result<Option<(u32, u32)>, CallError> {
    let user = User::from_name(name).map_err(|error| failed(command, error))?;
    let user = user.ok_or_else(|| failed(command, format!("there is no user {name:?} to run it as")))?;
    if system::is_root() {
        return Ok(Some((user.uid.as_raw(), user.gid.as_raw())));
    }
    if user.uid.as_raw() != system::user_id() {
        return Err(failed(command, format!("runs as {name}, which only root can do")));
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
