//! A network of this benchmark's own: two network namespaces with a wire between them. At one end is what is measured; at the
//! other are devices, each with an address and a socket of its own. An address without a device is one that nobody has: the
//! question who has it is not answered, as on any wire. Nothing of the machine's real network is in there.

use super::device::Device;
use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{setsockopt, sockopt};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What starts the other end.
const WORD: &str = "serve-one-network";
const PORT: u16 = 161;
const RECEIVE_BUFFER: usize = 1 << 20;

/// The first three bytes of every address: a network for documentation (RFC 5737).
const NETWORK: [u8; 3] = [198, 51, 100];

pub(super) fn address(last: u8) -> Ipv4Addr {
    let [a, b, c] = NETWORK;
    Ipv4Addr::new(a, b, c, last)
}

/// Where what is measured is; one address of the network's 254 is its own.
pub(super) fn own() -> Ipv4Addr {
    Ipv4Addr::new(198, 51, 101, 1)
}

/// The other end, as long as this value is there.
pub(super) struct Site(Child);

impl Site {
    /// `live` devices, answering after `delay`. Of this program's own namespace: it has to be one of its own.
    pub(super) fn start(live: u8, delay: Duration, walks: &[PathBuf], ports: u32) -> Result<Self> {
        let mut command = Command::new("unshare");
        command.arg("-n").arg(std::env::current_exe()?).arg(WORD);
        command.args([live.to_string(), delay.as_micros().to_string(), ports.to_string()]).args(walks);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("unshare -n")?;
        let mut said = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        // It is in its namespace.
        said.read_line(&mut line)?;
        let site = Self(child);
        let id = site.0.id().to_string();
        ip(&["link", "add", "near", "type", "veth", "peer", "name", "far", "netns", &id])?;
        ip(&["addr", "add", &format!("{}/23", own()), "dev", "near"])?;
        ip(&["link", "set", "near", "up"])?;
        line.clear();
        said.read_line(&mut line)?;
        if line.trim() != "ready" {
            bail!("the devices did not come up: {line}");
        }
        Ok(site)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        // Goes with the other end's namespace; that may take a moment, and the next site needs the name.
        let _ = Command::new("ip").args(["link", "del", "near"]).stderr(Stdio::null()).status();
    }
}

pub(super) fn ip(words: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(words).output().context("ip(8)")?;
    if !output.status.success() {
        bail!("ip {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// In the process at the other end: the exit code. Anywhere else: nothing.
pub(crate) fn serve() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    if words.next()? != WORD {
        return None;
    }
    let words: Vec<_> = words.collect();
    match serve_here(&words) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("{error:#}");
            Some(ExitCode::FAILURE)
        }
    }
}

fn serve_here(words: &[std::ffi::OsString]) -> Result<()> {
    let number = |at: usize| words.get(at).and_then(|word| word.to_str()?.parse::<u32>().ok()).context("a number");
    let (live, delay, ports) = (number(0)?, Duration::from_micros(number(1)?.into()), number(2)?);
    let walks = words.get(3..).unwrap_or_default();
    let say = |word: &str| {
        println!("{word}");
        std::io::stdout().flush()
    };
    say("here")?;
    // The wire is laid by who started this.
    let since = Instant::now();
    while ip(&["link", "show", "far"]).is_err() {
        if since.elapsed() > Duration::from_secs(5) {
            bail!("there is no wire");
        }
        thread::sleep(Duration::from_millis(2));
    }
    let recorded = walks.iter().map(|path| Device::read(path.as_ref())).collect::<Result<Vec<_>>>()?;
    let mut batch = String::from("link set lo up\nlink set far up\n");
    batch += &format!("addr add {}/23 dev far\n", Ipv4Addr::new(198, 51, 101, 2));
    let live: Vec<u8> = (1..=254).take(usize::try_from(live)?).collect();
    live.iter().for_each(|last| batch += &format!("addr add {}/32 dev far\n", address(*last)));
    let mut child = Command::new("ip").args(["-batch", "-"]).stdin(Stdio::piped()).spawn().context("ip -batch")?;
    child.stdin.take().context("no input")?.write_all(batch.as_bytes())?;
    if !child.wait()?.success() {
        bail!("the addresses were not added");
    }
    let mut devices = Vec::new();
    for last in live {
        let socket = UdpSocket::bind((address(last), PORT))?;
        let _ = setsockopt(&socket, sockopt::RcvBuf, &RECEIVE_BUFFER);
        socket.set_nonblocking(true)?;
        devices.push((socket, last));
    }
    let made_up: Vec<Device> = match recorded.is_empty() {
        true => (0..=254).map(|number| Device::made_up(number, ports)).collect(),
        false => recorded,
    };
    say("ready")?;
    answer(&devices, &made_up, delay)
}

/// Until it is killed.
fn answer(sockets: &[(UdpSocket, u8)], devices: &[Device], delay: Duration) -> Result<()> {
    type Late = (Instant, UdpSocket, Vec<u8>, SocketAddr);
    let (later, queue) = channel::<Late>();
    thread::spawn(move || {
        let mut waiting: VecDeque<Late> = VecDeque::new();
        loop {
            let wait = waiting
                .front()
                .map_or(Duration::from_secs(60), |(due, ..)| due.saturating_duration_since(Instant::now()));
            match queue.recv_timeout(wait) {
                Ok(one) => waiting.push_back(one),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while let Some((due, socket, packet, to)) = waiting.pop_front() {
                if due > Instant::now() {
                    waiting.push_front((due, socket, packet, to));
                    break;
                }
                let _ = socket.send_to(&packet, to);
            }
        }
    });
    let mut packet = vec![0; 65_535];
    loop {
        let mut polled: Vec<PollFd<'_>> =
            sockets.iter().map(|(socket, _)| PollFd::new(socket.as_fd(), PollFlags::POLLIN)).collect();
        if polled.is_empty() {
            thread::sleep(Duration::from_secs(60));
            continue;
        }
        poll(&mut polled, PollTimeout::NONE)?;
        for ((socket, last), _) in sockets.iter().zip(&polled).filter(|(_, one)| one.any().unwrap_or(false)) {
            while let Ok((length, from)) = socket.recv_from(&mut packet) {
                let device = devices.get(usize::from(*last) % devices.len()).context("no device")?;
                let Some(reply) = device.answer(packet.get(..length).unwrap_or_default()) else { continue };
                if delay.is_zero() {
                    let _ = socket.send_to(&reply, from);
                } else {
                    later.send((Instant::now() + delay, socket.try_clone()?, reply, from))?;
                }
            }
        }
    }
}
