//! A part of this program's work in a process of its own: it is told what to do on its standard input and answers on its
//! standard output. What goes wrong in it, and the memory that it took, end with it.

use crate::system;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

/// Of what a worker answers.
const LARGEST: u64 = 64 << 20;
/// Of the environment, nothing else goes on: not what a loader, a library or a proxy would listen to.
const PASSED_ON: &[&str] = &["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "TZ", "CREDENTIALS_DIRECTORY"];
const PROXIES: &[&str] = &["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/// What a worker is to be.
#[derive(Debug, Clone)]
pub struct Worker {
    pub arguments: Vec<String>,
    pub input: Vec<u8>,
    /// After it the worker and what it started are killed.
    pub deadline: Duration,
    /// The owner said that proxies are the environment's.
    pub with_proxies: bool,
}

/// How it ended.
#[derive(Debug, Clone)]
pub struct WorkerEnd {
    pub success: bool,
    /// In words: the code or the signal, or that it took too long.
    pub how: String,
    pub output: Vec<u8>,
}

/// Runs this program again. If the future is dropped, the worker ends.
pub async fn run_worker(worker: Worker) -> io::Result<WorkerEnd> {
    let program: PathBuf = system::program()?;
    let mut command = Command::new(program);
    command.args(&worker.arguments).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C");
    let proxies = if worker.with_proxies { PROXIES } else { &[] };
    let upper: Vec<String> = proxies.iter().map(|name| name.to_ascii_uppercase()).collect();
    for name in PASSED_ON.iter().chain(proxies).copied().chain(upper.iter().map(String::as_str)) {
        if let Some(value) = system::variable(name) {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.current_dir("/").process_group(0).kill_on_drop(true).spawn()?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
    let guard = Group(group);
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let work = async {
        if let Some(mut stdin) = stdin {
            // One that ends before it has read everything says so by its code.
            let _ = stdin.write_all(&worker.input).await;
        }
        let mut output = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(LARGEST).read_to_end(&mut output).await?;
        }
        Ok::<_, io::Error>((child.wait().await?, output))
    };
    let ended = timeout(worker.deadline, work).await;
    drop(guard);
    match ended {
        Ok(ended) => {
            let (status, output) = ended?;
            Ok(WorkerEnd { success: status.success(), how: status.to_string(), output })
        }
        Err(_late) => {
            let how = format!("not done after {} s, and killed", worker.deadline.as_secs());
            Ok(WorkerEnd { success: false, how, output: Vec::new() })
        }
    }
}

/// The worker's process group, which ends with this.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Nothing is left of one that ended well.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}
