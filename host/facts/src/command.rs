//! Runs a known tool where no file says the same.
//!
//! Refuses what makes running tools dangerous: no shell, no `PATH` of the caller's, no tool that anybody but root can
//! replace, no inherited environment, no input, no more than a set time and a set amount of output. The tool has a process
//! group of its own, and whatever is left in it is killed at the end: a tool cannot leave helpers behind.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Where tools are looked for, in this order.
const FOLDERS: [&str; 6] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

/// What a tool says beside its output is for one line of a log.
const COMPLAINT: usize = 4 << 10;

/// How often a silent tool is looked at: one that is gone while somebody holds its output open is not waited for.
const LOOK: Duration = Duration::from_millis(50);

/// Why a tool gave no output.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    #[error("{0}: no such tool in the system's folders")]
    NotFound(String),
    #[error("{}: not run, because others than root can write to it", .0.display())]
    NotTrusted(PathBuf),
    #[error("{tool}: could not be started: {error}")]
    NotStarted { tool: String, error: io::Error },
    #[error("{tool}: not finished in time, and killed")]
    Late { tool: String },
    #[error("{tool}: more than {limit} bytes of output, and killed")]
    TooMuch { tool: String, limit: usize },
    #[error("{tool}: {error}")]
    Broken { tool: String, error: io::Error },
    #[error("{command}: this capture has no answer to it")]
    NotCaptured { command: String },
}

/// A tool that was found, and its arguments.
#[derive(Debug)]
pub(crate) struct Command {
    tool: PathBuf,
    arguments: Vec<String>,
}

/// What a tool that ended by itself left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    pub stdout: Vec<u8>,
    /// As a shell counts: 128 and the signal's number for a tool that a signal ended.
    pub code: i32,
    /// The beginning of what it wrote to its error output.
    pub complaint: String,
}

impl Output {
    /// The output as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The first line of the complaint, for a message.
    pub fn first_complaint(&self) -> &str {
        self.complaint.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
    }
}

fn code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

impl Command {
    /// Looks for a tool by its name. Tools of products that keep to a folder of their own are named by their whole path.
    pub(crate) fn find(name: &str) -> Result<Self, CommandError> {
        match name.rsplit_once('/') {
            Some((folder, name)) if folder.starts_with("/opt/") || folder.starts_with("/usr/local/") => {
                Self::find_in(&[folder], name)
            }
            _ => Self::find_in(&FOLDERS, name),
        }
    }

    fn find_in(folders: &[&str], name: &str) -> Result<Self, CommandError> {
        let plain = !name.is_empty() && !name.contains('/') && name != "." && name != "..";
        let mut refused = None;
        for folder in folders.iter().filter(|_| plain) {
            let tool = Path::new(folder).join(name);
            match fs::metadata(&tool) {
                Ok(meta) if meta.is_file() && meta.mode() & 0o111 != 0 => {
                    if is_roots(&meta) && leads_safely(folder) {
                        return Ok(Self { tool, arguments: Vec::new() });
                    }
                    refused = Some(tool);
                }
                _ => {}
            }
        }
        Err(refused.map_or_else(|| CommandError::NotFound(name.to_owned()), CommandError::NotTrusted))
    }

    /// Adds arguments, as they are.
    #[must_use]
    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|&a| a.to_owned()));
        self
    }

    /// Runs the tool until it ends, the deadline comes or it has written more than `limit` bytes.
    pub(crate) fn run(&self, deadline: Instant, limit: usize) -> Result<Output, CommandError> {
        let tool = || self.tool.display().to_string();
        let child = std::process::Command::new(&self.tool)
            .args(&self.arguments)
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", "/")
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| CommandError::NotStarted { tool: tool(), error })?;
        let mut running = Running::new(child).map_err(|error| CommandError::Broken { tool: tool(), error })?;
        let read = running.read(deadline, limit);
        let status = running.end();
        match read {
            Ok(End::Finished(stdout, complaint)) => match status {
                Ok(status) => {
                    let complaint = String::from_utf8_lossy(&complaint).into_owned();
                    Ok(Output { stdout, code: code(status), complaint })
                }
                Err(error) => Err(CommandError::Broken { tool: tool(), error }),
            },
            Ok(End::Late) => Err(CommandError::Late { tool: tool() }),
            Ok(End::TooMuch) => Err(CommandError::TooMuch { tool: tool(), limit }),
            Err(error) => Err(CommandError::Broken { tool: tool(), error }),
        }
    }
}

enum End {
    Finished(Vec<u8>, Vec<u8>),
    Late,
    TooMuch,
}

/// Nobody but root can replace it.
fn is_roots(meta: &fs::Metadata) -> bool {
    meta.uid() == 0 && meta.mode() & 0o022 == 0
}

/// Whether every folder on the way to a product's own is root's alone: whoever may write to one of them can put another
/// in its place. The system's folders are taken to be root's.
fn leads_safely(folder: &str) -> bool {
    FOLDERS.contains(&folder)
        || Path::new(folder).ancestors().all(|step| fs::metadata(step).is_ok_and(|meta| is_roots(&meta)))
}

/// A started tool. Dropped, it is killed with its group.
struct Running {
    child: Child,
    group: Pid,
    reaped: bool,
}

impl Running {
    fn new(mut child: Child) -> io::Result<Self> {
        match i32::try_from(child.id()) {
            Ok(id) if id > 1 => Ok(Self { child, group: Pid::from_raw(id), reaped: false }),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                Err(io::Error::other("a process id out of range"))
            }
        }
    }

    fn read(&mut self, deadline: Instant, limit: usize) -> io::Result<End> {
        let (mut out, mut err) = (self.child.stdout.take(), self.child.stderr.take());
        let (mut stdout, mut complaint) = (Vec::new(), Vec::new());
        let mut chunk = vec![0; 64 << 10];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(End::Late);
            }
            if out.is_none() && err.is_none() {
                // Both closed: nearly always the end of the tool itself.
                if self.has_ended()? {
                    return Ok(End::Finished(stdout, complaint));
                }
                std::thread::sleep(left.min(Duration::from_millis(1)));
                continue;
            }
            let (out_ready, err_ready) = readable(out.as_ref(), err.as_ref(), left.min(LOOK))?;
            if out_ready && let Some(pipe) = &mut out {
                match read_some(pipe, &mut chunk)? {
                    [] => out = None,
                    more if stdout.len() + more.len() > limit => return Ok(End::TooMuch),
                    more => stdout.extend_from_slice(more),
                }
            }
            if err_ready && let Some(pipe) = &mut err {
                match read_some(pipe, &mut chunk)? {
                    [] => err = None,
                    more => {
                        let room = COMPLAINT.saturating_sub(complaint.len()).min(more.len());
                        complaint.extend_from_slice(more.get(..room).unwrap_or_default());
                    }
                }
            }
            if !out_ready && !err_ready && self.has_ended()? {
                return Ok(End::Finished(stdout, complaint));
            }
        }
    }

    /// Looks without reaping: as long as the process is not reaped, the number of its group is nobody else's.
    fn has_ended(&self) -> io::Result<bool> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT | WaitPidFlag::WNOHANG;
        match waitid(Id::Pid(self.group), flags) {
            Ok(WaitStatus::StillAlive) | Err(Errno::EINTR) => Ok(false),
            Ok(_) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn end(&mut self) -> io::Result<ExitStatus> {
        // Without anybody left in the group there is nothing to kill, which is no error.
        let _ = killpg(self.group, Signal::SIGKILL);
        let status = self.child.wait();
        self.reaped = true;
        status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = self.end();
        }
    }
}

/// Which of the two has something to read or has ended.
fn readable(out: Option<&impl AsFd>, err: Option<&impl AsFd>, wait: Duration) -> io::Result<(bool, bool)> {
    let mut fds = Vec::with_capacity(2);
    fds.extend(out.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
    fds.extend(err.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
    // Rounded up: a rest below a millisecond would otherwise be asked for in a busy loop.
    let millis = u16::try_from(wait.as_millis() + 1).unwrap_or(u16::MAX);
    match poll(&mut fds, PollTimeout::from(millis)) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut ready = fds.iter().map(|fd| fd.any().unwrap_or(true));
    Ok((out.is_some() && ready.next() == Some(true), err.is_some() && ready.next() == Some(true)))
}

fn read_some<'a>(pipe: &mut impl Read, chunk: &'a mut [u8]) -> io::Result<&'a [u8]> {
    loop {
        match pipe.read(chunk) {
            Ok(count) => return Ok(chunk.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn sh(script: &str) -> Command {
        Command::find("sh").unwrap().args(&["-c", script])
    }

    fn soon(millis: u64) -> Instant {
        Instant::now() + Duration::from_millis(millis)
    }

    fn alive(pid: &str) -> bool {
        // A killed process that its new parent has not reaped yet is still listed, as a zombie.
        fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[test]
    fn output_status_and_complaint_come_back() {
        let output = sh("echo one; echo two >&2; echo three; exit 3").run(soon(5000), 100).unwrap();
        assert_eq!(output.stdout, b"one\nthree\n");
        assert_eq!(output.complaint, "two\n");
        assert_eq!(output.code, 3);
    }

    #[test]
    fn the_environment_is_not_inherited_and_nothing_is_expanded() {
        let output = Command::find("env").unwrap().run(soon(5000), 1000).unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut names: Vec<&str> = text.lines().map(|l| l.split('=').next().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["HOME", "LC_ALL", "PATH"]);
        let output = Command::find("echo").unwrap().args(&["$HOME; *"]).run(soon(5000), 100).unwrap();
        assert_eq!(output.stdout, b"$HOME; *\n");
        let output = Command::find("cat").unwrap().run(soon(5000), 100).unwrap();
        assert_eq!(output.stdout, b"");
    }

    #[test]
    fn the_deadline_kills_grandchildren_too() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        let script = format!("(echo x; sleep 60) & sleep 60 & echo $! > {}; wait", file.display());
        let started = Instant::now();
        let error = sh(&script).run(soon(300), 100).unwrap_err();
        assert!(matches!(error, CommandError::Late { .. }), "{error}");
        assert!(started.elapsed() < Duration::from_secs(5));
        let pid = fs::read_to_string(&file).unwrap();
        let gone = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            !alive(pid.trim())
        });
        assert!(gone, "the grandchild {pid} lives");
    }

    #[test]
    fn a_helper_that_holds_the_output_open_is_not_waited_for() {
        let started = Instant::now();
        let output = sh("sleep 60 & echo done").run(soon(20_000), 100).unwrap();
        assert_eq!(output.stdout, b"done\n");
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn endless_output_ends() {
        let error = Command::find("yes").unwrap().run(soon(20_000), 1 << 20).unwrap_err();
        assert!(matches!(error, CommandError::TooMuch { limit: 1_048_576, .. }), "{error}");
        let output = sh("yes complaint | head -c 1000000 >&2").run(soon(20_000), 10).unwrap();
        assert_eq!(output.complaint.len(), COMPLAINT);
    }

    #[test]
    fn a_closed_output_is_not_the_end() {
        let error = sh("exec >&- 2>&-; sleep 60").run(soon(200), 100).unwrap_err();
        assert!(matches!(error, CommandError::Late { .. }), "{error}");
        let output = sh("exec >&- 2>&-; sleep 0.1; exit 7").run(soon(20_000), 100).unwrap();
        assert_eq!(output.code, 7);
    }

    #[test]
    fn only_tools_that_nobody_can_replace_are_found() {
        assert!(matches!(Command::find("no-such-tool-here"), Err(CommandError::NotFound(_))));
        for name in ["", "..", ".", "/bin/sh", "../bin/sh"] {
            assert!(matches!(Command::find(name), Err(CommandError::NotFound(_))), "{name}");
        }
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().to_str().unwrap();
        let tool = dir.path().join("tool");
        fs::write(&tool, "#!/bin/sh\n").unwrap();
        for (mode, found) in [(0o644, "no such tool"), (0o777, "others than root"), (0o775, "others than root")] {
            fs::set_permissions(&tool, fs::Permissions::from_mode(mode)).unwrap();
            let error = Command::find_in(&[folder], "tool").unwrap_err().to_string();
            assert!(error.contains(found), "{mode:o}: {error}");
        }
        let outside = Command::find_in(&[folder, "/usr/bin", "/bin"], "sh").unwrap();
        assert!(outside.tool.ends_with("bin/sh"));
    }
}
