//! A daemon for a measurement or a look: it listens on a free port of the loopback interface, and ends with this.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) struct Daemon {
    pub(crate) address: SocketAddr,
    _folder: tempfile::TempDir,
    child: Child,
}

/// What a process has taken.
pub(crate) struct Used {
    pub(crate) resident_kib: u64,
    /// Of it, what no file is behind.
    pub(crate) own_kib: u64,
    /// Times that its first thread was given a processor.
    pub(crate) switches: u64,
    /// Hundredths of a second of a processor.
    pub(crate) ticks: u64,
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// `airlock`, of the same build as this program.
pub(crate) fn airlock() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("airlock");
    if !program.is_file() {
        bail!("{} is not there; build it: cargo build --release", program.display());
    }
    Ok(program)
}

impl Daemon {
    /// Ours, with `[listener]` on and `more` in its `airlock.toml`.
    pub(crate) fn ours(more: &str) -> Result<Self> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let settings = format!("[listener]\nenabled = true\nport = {port}\ntrust = [\"127.0.0.1\"]\n{more}");
        std::fs::write(folder.path().join("airlock.toml"), settings)?;
        let at = |name: &str, value: PathBuf| [OsString::from(name), value.into()];
        let state = at("--vardir", folder.path().join("state"));
        let config = at("--confdir", folder.path().to_owned());
        let words = ["daemon", "--no-fork"].map(OsString::from);
        let command = [vec![airlock()?.into()], state.to_vec(), config.to_vec(), words.to_vec()].concat();
        Self::start(&command, folder, port)
    }

    /// Another agent, as a daemon that has nothing to do but to answer.
    pub(crate) fn peer(program: &str) -> Result<Self> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let var = folder.path().join("var");
        std::fs::create_dir(&var)?;
        let words = [
            program.to_owned(),
            "--daemon".into(),
            "--no-fork".into(),
            "--config=none".into(),
            format!("--local={}", var.display()),
            format!("--httpd-port={port}"),
            "--httpd-ip=127.0.0.1".into(),
            "--delaytime=86400".into(),
        ];
        Self::start(&words.map(OsString::from), folder, port)
    }

    /// Any, by its command; it is waited for until it listens at that port of the loopback interface.
    pub(crate) fn start(command: &[OsString], folder: tempfile::TempDir, port: u16) -> Result<Self> {
        let (program, arguments) = command.split_first().context("no command")?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > Duration::from_secs(20) || child.try_wait()?.is_some() {
                let _ = child.kill();
                let said = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
                bail!("{} does not listen at {address}: {said}", program.display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { address, _folder: folder, child })
    }

    /// Its resident memory in KiB, where the system tells.
    pub(crate) fn memory(&self) -> Option<u64> {
        self.use_of().ok().map(|used| used.resident_kib)
    }

    /// What it has taken so far (proc_pid_status(5), proc_pid_stat(5)).
    pub(crate) fn use_of(&self) -> Result<Used> {
        let read = |name| {
            let path = format!("/proc/{}/{name}", self.child.id());
            std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))
        };
        let (status, stat) = (read("status")?, read("stat")?);
        let number = |name: &str| -> Result<u64> {
            let found = status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
            Ok(found.with_context(|| format!("no {name} in /proc/PID/status"))?.parse()?)
        };
        // Behind the name, which may hold anything: the state, then numbers; utime and stime are the 12th and 13th.
        let behind = stat.rsplit_once(')').context("no name in /proc/PID/stat")?.1;
        let ticks = behind.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(Used {
            resident_kib: number("VmRSS:")?,
            own_kib: number("RssAnon:")?,
            switches: number("voluntary_ctxt_switches:")?.saturating_add(number("nonvoluntary_ctxt_switches:")?),
            ticks,
        })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets this process have many connections open, as far as the system allows.
pub(crate) fn more_files() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(16_384)), hard);
    }
}
