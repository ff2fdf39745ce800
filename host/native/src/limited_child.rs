//! This program once more, as a process that may do little: it gets bytes, gives bytes back, and is ended when it takes
//! too long, too much memory or too many words. For work on what a stranger wrote.

use nix::sys::prctl::{set_dumpable, set_no_new_privs, set_pdeathsig};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// What such a process may take.
#[derive(Debug, Clone, Copy)]
pub struct ChildLimits {
    /// From its start to its end.
    pub wall: Duration,
    pub cpu_seconds: u64,
    /// Bytes of memory that it can write to.
    pub memory: u64,
    /// Bytes of its answer.
    pub output: u64,
}

/// Words of a child that failed.
const MOST_WORDS: u64 = 4096;
/// Its threads: each takes memory before it does anything.
const THREADS: &str = "2";

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError {
    #[error("the process for it cannot be started: {0}")]
    Start(io::Error),
    #[error("not done after {} s", .0.as_secs_f64())]
    Deadline(Duration),
    #[error("it took more than the {0} s of computing that it may")]
    Cpu(u64),
    #[error("it took more than the {mib} MiB of memory that it may, or crashed ({status})")]
    Crashed { mib: u64, status: ExitStatus },
    #[error("its answer has more than {0} bytes")]
    Output(u64),
    #[error("{0}")]
    Failed(String),
}

/// Runs this program with one argument, which has to call [`confine`] first: it gets `input`, and its answer is what it
/// writes. Nothing of this process's environment, folder or open files goes along.
pub fn run_limited(argument: &str, input: &[u8], limits: ChildLimits) -> Result<Vec<u8>, ChildError> {
    let mut child = start(argument, limits).map_err(ChildError::Start)?;
    let ended = talk(&mut child, input, limits);
    // Whatever happened: it is not left behind.
    let _ = child.kill();
    let _ = child.wait();
    ended
}

fn start(argument: &str, limits: ChildLimits) -> io::Result<Child> {
    // The file that runs, also when another lies at its path by now.
    Command::new("/proc/self/exe")
        .arg(argument)
        .arg(limits.cpu_seconds.to_string())
        .arg(limits.memory.to_string())
        .env_clear()
        .env("RAYON_NUM_THREADS", THREADS)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

fn talk(child: &mut Child, input: &[u8], limits: ChildLimits) -> Result<Vec<u8>, ChildError> {
    let deadline = Instant::now() + limits.wall;
    let (Some(mut to), Some(from), Some(words)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
        return Err(ChildError::Start(io::Error::other("no pipes")));
    };
    thread::scope(|scope| {
        let (answer, words) = (reader(from, limits.output.saturating_add(1)), reader(words, MOST_WORDS));
        // A child that does not read is ended with the others; one that ends early closes the pipe.
        scope.spawn(move || to.write_all(input));
        let ended = finish(child, &answer, &words, deadline, limits);
        let _ = child.kill();
        ended
    })
}

fn finish(
    child: &mut Child,
    answer: &Receiver<Vec<u8>>,
    words: &Receiver<Vec<u8>>,
    deadline: Instant,
    limits: ChildLimits,
) -> Result<Vec<u8>, ChildError> {
    let left = || deadline.saturating_duration_since(Instant::now());
    let answer = match answer.recv_timeout(left()) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => return Err(ChildError::Deadline(limits.wall)),
        Err(RecvTimeoutError::Disconnected) => Vec::new(),
    };
    if answer.len() as u64 > limits.output {
        return Err(ChildError::Output(limits.output));
    }
    let status = loop {
        match child.try_wait().map_err(ChildError::Start)? {
            Some(status) => break status,
            None if left().is_zero() => return Err(ChildError::Deadline(limits.wall)),
            None => thread::sleep(Duration::from_millis(1)),
        }
    };
    if status.success() {
        return Ok(answer);
    }
    match status.signal().and_then(|signal| Signal::try_from(signal).ok()) {
        Some(Signal::SIGXCPU | Signal::SIGKILL) => Err(ChildError::Cpu(limits.cpu_seconds)),
        Some(_) => Err(ChildError::Crashed { mib: limits.memory >> 20, status }),
        None => {
            let words = words.recv_timeout(left()).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).trim().trim_start_matches("airlock: ").to_owned();
            Err(ChildError::Failed(if words.is_empty() { status.to_string() } else { words }))
        }
    }
}

/// Reads to the end, but no more than `limit`, beside everything else.
fn reader(from: impl Read + Send + 'static, limit: u64) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut from = from.take(limit);
        // What was read before an error is what there is.
        let _ = from.read_to_end(&mut bytes);
        let _ = send.send(bytes);
    });
    receive
}

/// Takes from this process what it will not need: memory, time, files, core dumps, new rights. For good: it cannot be
/// given back. The process ends with the one that started it.
pub fn confine(cpu_seconds: u64, memory: u64) -> io::Result<()> {
    set_pdeathsig(Signal::SIGKILL)?;
    set_no_new_privs()?;
    set_dumpable(false)?;
    // Beside what is written to there is the program itself and what is only reserved.
    let reserved = memory.saturating_mul(4);
    let limits = [
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_CPU, cpu_seconds),
        (Resource::RLIMIT_DATA, memory),
        (Resource::RLIMIT_AS, reserved),
        (Resource::RLIMIT_NOFILE, 16),
    ];
    for (resource, limit) in limits {
        setrlimit(resource, limit, limit)?;
    }
    Ok(())
}
