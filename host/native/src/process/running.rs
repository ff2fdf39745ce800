//! A started command: its output is taken as it comes and its last part kept; whatever of it still lives when it is late, or
//! when nobody waits any more, is killed: its group, its children that left the group, and whoever else has its output open.

use crate::off_thread::Stopped;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::stat::fstat;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

/// How often a silent command is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// So long its children are looked for: each time, some may have been started meanwhile.
const LONGEST: Duration = Duration::from_secs(5);

pub(crate) enum End {
    Finished { status: ExitStatus, stdout: Vec<u8>, stderr: Vec<u8> },
    Late,
    Stopped,
}

/// Dropped, it is killed.
pub(crate) struct Running {
    child: Child,
    group: Pid,
    /// The pipes of its output, by their numbers.
    pipes: Vec<String>,
    reaped: bool,
}

impl Running {
    pub(crate) fn new(mut child: Child) -> io::Result<Self> {
        match i32::try_from(child.id()) {
            Ok(id) if id > 1 => {
                let pipes = [child.stdout.as_ref().map(pipe), child.stderr.as_ref().map(pipe)];
                let pipes = pipes.into_iter().flatten().flatten().collect();
                Ok(Self { child, group: Pid::from_raw(id), pipes, reaped: false })
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                Err(io::Error::other("a process id out of range"))
            }
        }
    }

    /// Waits for the end, with the last `most` bytes of each stream.
    pub(crate) fn drain(&mut self, deadline: Instant, most: usize, stopped: &Stopped) -> io::Result<End> {
        let mut out = Stream::new(self.child.stdout.take(), most);
        let mut err = Stream::new(self.child.stderr.take(), most);
        let mut chunk = vec![0; 64 << 10];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || stopped.is_stopped() {
                self.kill_all();
                return Ok(if left.is_zero() { End::Late } else { End::Stopped });
            }
            let (out_ready, err_ready) = ready(&out, &err, left.min(LOOK))?;
            if out_ready {
                out.take(&mut chunk)?;
            }
            if err_ready {
                err.take(&mut chunk)?;
            }
            let is_silent = !out_ready && !err_ready;
            if (is_silent || (out.pipe.is_none() && err.pipe.is_none())) && self.has_ended()? {
                let status = self.end()?;
                return Ok(End::Finished { status, stdout: out.last(), stderr: err.last() });
            }
        }
    }

    /// Looks without reaping: until it is reaped, the number of its group is nobody else's.
    fn has_ended(&self) -> io::Result<bool> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT | WaitPidFlag::WNOHANG;
        match waitid(Id::Pid(self.group), flags) {
            Ok(WaitStatus::StillAlive) | Err(Errno::EINTR) => Ok(false),
            Ok(_) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn kill_all(&mut self) {
        let began = Instant::now();
        while began.elapsed() < LONGEST {
            let mut children = below(self.group);
            // Those that forked away are nobody's children any more; they are known by the output that they were given.
            children.extend(holders(&self.pipes));
            for child in &children {
                let _ = kill(*child, Signal::SIGKILL);
            }
            if children.is_empty() {
                break;
            }
        }
        let _ = self.end();
    }

    fn end(&mut self) -> io::Result<ExitStatus> {
        // With nobody left in the group there is nothing to kill, which is no error.
        let _ = killpg(self.group, Signal::SIGKILL);
        let status = self.child.wait();
        self.reaped = true;
        status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill_all();
        }
    }
}

/// A stream whose last bytes are kept.
struct Stream<R> {
    pipe: Option<R>,
    kept: Vec<u8>,
    most: usize,
}

impl<R: Read + AsFd> Stream<R> {
    fn new(pipe: Option<R>, most: usize) -> Self {
        Self { pipe, kept: Vec::new(), most }
    }

    fn take(&mut self, chunk: &mut [u8]) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        match pipe.read(chunk) {
            Ok(0) => self.pipe = None,
            Ok(count) => {
                self.kept.extend_from_slice(chunk.get(..count).unwrap_or_default());
                // Cut now and then: each byte is moved once on average.
                if self.kept.len() > self.most.saturating_mul(2).max(chunk.len()) {
                    self.cut();
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn cut(&mut self) {
        self.kept.drain(..self.kept.len().saturating_sub(self.most));
    }

    fn last(mut self) -> Vec<u8> {
        self.cut();
        self.kept
    }
}

fn ready(out: &Stream<impl AsFd>, err: &Stream<impl AsFd>, wait: Duration) -> io::Result<(bool, bool)> {
    let mut fds = Vec::with_capacity(2);
    fds.extend(out.pipe.as_ref().map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
    fds.extend(err.pipe.as_ref().map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
    // Rounded up: a rest below a millisecond would otherwise be asked for in a busy loop.
    let millis = u16::try_from(wait.as_millis() + 1).unwrap_or(u16::MAX);
    match poll(&mut fds, PollTimeout::from(millis)) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut ready = fds.iter().map(|fd| fd.any().unwrap_or(true));
    Ok((out.pipe.is_some() && ready.next() == Some(true), err.pipe.is_some() && ready.next() == Some(true)))
}

/// All processes below this one, whatever group they are in now.
pub(super) fn below(root: Pid) -> Vec<Pid> {
    let parents: Vec<(Pid, Pid)> = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(parent).collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(one) = found.get(at).copied() {
        at += 1;
        for (child, _) in parents.iter().filter(|(_, parent)| *parent == one) {
            if !found.contains(child) {
                found.push(*child);
            }
        }
    }
    found.retain(|one| *one != root);
    found
}

/// A pipe as `/proc/PID/fd` shows it.
fn pipe(end: &impl AsFd) -> Option<String> {
    fstat(end).ok().map(|stat| format!("pipe:[{}]", stat.st_ino))
}

/// Processes that have one of these pipes open. Not this one, nor a child of it: that is another command, which is about to
/// be started and closes them then.
fn holders(pipes: &[String]) -> Vec<Pid> {
    let own = Pid::this();
    let others = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| {
        let path = entry.path();
        parent(entry).filter(|(id, parent)| *id != own && *parent != own).map(|(id, _)| (id, path))
    });
    let holds = |path: &Path| {
        let open = fs::read_dir(path.join("fd")).into_iter().flatten().flatten();
        open.filter_map(|fd| fs::read_link(fd.path()).ok())
            .any(|to| to.to_str().is_some_and(|to| pipes.iter().any(|pipe| pipe == to)))
    };
    others.filter(|(_, path)| holds(path)).map(|(id, _)| id).collect()
}

/// A process and its parent: the fourth field of `/proc/PID/stat`, behind a name that may have anything in it.
fn parent(entry: fs::DirEntry) -> Option<(Pid, Pid)> {
    let id: i32 = entry.file_name().to_str()?.parse().ok()?;
    let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    // A zombie has ended.
    let state = fields.next()?;
    let parent: i32 = fields.next()?.parse().ok()?;
    (state != "Z").then_some((Pid::from_raw(id), Pid::from_raw(parent)))
}
