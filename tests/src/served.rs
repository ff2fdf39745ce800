//! The program as a daemon that listens, and clients of it at addresses of the loopback network.

use crate::program::Airlock;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, connect, socket};
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// `[listener] trust` of the daemons of this module.
pub const TRUSTED: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 7);
pub const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
pub const TOKEN: &str = "a-token-of-many-characters";

/// The daemon; it ends with the test.
pub struct Served {
    pub airlock: Airlock,
    pub address: SocketAddrV4,
    confdir: tempfile::TempDir,
    child: Child,
}

impl Served {
    /// Listens at a free port of 127.0.0.1; `more` is the rest of `airlock.toml`: more of `[listener]` first, then servers.
    pub fn new(more: &str) -> Self {
        Self::at(Ipv4Addr::LOCALHOST, &format!("trust = [\"{TRUSTED}\"]\n{more}"))
    }

    /// At another address, trusting nobody unless `more` says so.
    pub fn at(address: Ipv4Addr, more: &str) -> Self {
        let (airlock, confdir) = (Airlock::new(), tempfile::tempdir().unwrap());
        let token = confdir.path().join("token");
        fs::write(&token, TOKEN).unwrap();
        let settings = format!(
            "[listener]\nenabled = true\naddress = \"{address}\"\nport = 0\ntoken_file = \"{}\"\n{more}",
            token.display()
        );
        fs::write(confdir.path().join("airlock.toml"), settings).unwrap();
        let log = fs::File::create(confdir.path().join("log")).unwrap();
        let mut command = airlock.command(&["--debug"]);
        command.arg("--confdir").arg(confdir.path()).args(["daemon", "--no-fork"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut served = Self { airlock, address: SocketAddrV4::new(address, 0), confdir, child };
        let began = Instant::now();
        // Which port is free, the system says, and nobody can take it in between.
        loop {
            let log = served.log();
            let said = log.split_once("listening on ").and_then(|(_, rest)| rest.split_once('\n'));
            if let Some(address) = said.and_then(|(address, _)| address.trim().parse().ok()) {
                served.address = address;
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(180), "it does not listen:\n{}", served.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        served
    }

    /// What the daemon said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.confdir.path().join("log")).unwrap_or_default()
    }

    pub fn confdir(&self) -> &Path {
        self.confdir.path()
    }

    /// Its resident memory in KiB (proc_pid_status(5)).
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// A connection from an address of this machine.
    pub fn connect(&self, from: Ipv4Addr) -> TcpStream {
        let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
        bind(socket.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(from, 0))).unwrap();
        connect(socket.as_raw_fd(), &SockaddrIn::from(self.address)).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends bytes, and reads until the daemon has no more to say.
    pub fn bytes(&self, from: Ipv4Addr, bytes: &[u8]) -> String {
        let mut stream = self.connect(from);
        // Who refuses need not hear all of it.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A request such as `GET /status`, with more headers: the status code, and the whole answer.
    pub fn ask(&self, from: Ipv4Addr, what: &str, headers: &[&str]) -> (u16, String) {
        let mut head = format!("{what} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("Host:")) {
            head.push_str(&format!("Host: {}\r\n", self.address));
        }
        let rest: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let answer = self.bytes(from, format!("{head}{rest}\r\n").as_bytes());
        (status(&answer), answer)
    }
}

/// The status code of an answer; 0 when there is none.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the daemon said:\n{}", self.log());
        }
    }
}
