//! ICMP over one socket for each family, read by one thread: thousands of addresses cost no more.
//!
//! Echo needs no rights where the kernel has unprivileged sockets for it (`net.ipv4.ping_group_range`), a raw socket
//! elsewhere. Timestamps always need a raw one.

use super::failed;
use airlock_gate::CallError;
use airlock_net::neighbours::icmp::{self, Answer};
use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, setsockopt, socket, sockopt};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// So that the answers of a whole network have room.
const RECEIVE_BUFFER: usize = 4 << 20;
/// How long a reader outlives its last user.
const IDLE: Duration = Duration::from_millis(500);
/// Tries to send when the machine's own queue is full, and the time between them.
const TRIES: u32 = 20;
const A_BIT: Duration = Duration::from_millis(5);

/// Sockets by what they can do; why there is none, in words.
#[derive(Default)]
pub(super) struct Icmp {
    echo_v4: OnceLock<Result<Arc<Channel>, String>>,
    echo_v6: OnceLock<Result<Arc<Channel>, String>>,
    raw_v4: OnceLock<Result<Arc<Channel>, String>>,
}

/// A socket, and who waits for what to come out of it.
struct Channel {
    socket: UdpSocket,
    waiting: Mutex<HashMap<(IpAddr, Answer), oneshot::Sender<()>>>,
    is_v6: bool,
    is_raw: bool,
}

impl Icmp {
    pub(super) fn no_echo(&self) -> Option<String> {
        self.v4().as_ref().err().cloned()
    }

    pub(super) fn no_timestamp(&self) -> Option<String> {
        self.raw().as_ref().err().cloned()
    }

    pub(super) async fn echo(&self, address: IpAddr) -> Result<(), CallError> {
        let channel = if address.is_ipv6() { self.v6() } else { self.v4() };
        let channel = channel.as_ref().map_err(|why| CallError::Failed(why.clone()))?;
        let token = token()?;
        channel.ask(address, Answer::Echo(token), &icmp::echo(address.is_ipv6(), token)).await
    }

    pub(super) async fn timestamp(&self, address: IpAddr) -> Result<(), CallError> {
        let channel = self.raw().as_ref().map_err(|why| CallError::Failed(why.clone()))?;
        let [a, b, c, d, ..] = token()?;
        let id = [a, b, c, d];
        channel.ask(address, Answer::Timestamp(id), &icmp::timestamp(id, since_midnight())).await
    }

    fn v4(&self) -> &Result<Arc<Channel>, String> {
        self.echo_v4.get_or_init(|| match Channel::open(false, false) {
            Ok(channel) => Ok(channel),
            Err(error) => self.raw().clone().map_err(|_| no_rights(&error)),
        })
    }

    fn v6(&self) -> &Result<Arc<Channel>, String> {
        let open = || Channel::open(true, false).or_else(|_| Channel::open(true, true));
        self.echo_v6.get_or_init(|| open().map_err(|error| no_rights(&error)))
    }

    fn raw(&self) -> &Result<Arc<Channel>, String> {
        let why = |error| format!("needs a raw socket, which takes root or CAP_NET_RAW ({error})");
        self.raw_v4.get_or_init(|| Channel::open(false, true).map_err(why))
    }
}

fn no_rights(error: &std::io::Error) -> String {
    format!("needs root, CAP_NET_RAW, or this user's group in net.ipv4.ping_group_range ({error})")
}

/// Nobody can guess it.
fn token() -> Result<[u8; 8], CallError> {
    let mut token = [0; 8];
    getrandom::fill(&mut token).map_err(|error| CallError::Failed(format!("no random bytes: {error}")))?;
    Ok(token)
}

/// Milliseconds since midnight UTC, as RFC 792 counts.
fn since_midnight() -> u32 {
    let millis = jiff::Timestamp::now().as_millisecond().rem_euclid(86_400_000);
    u32::try_from(millis).unwrap_or(0)
}

impl Channel {
    fn open(is_v6: bool, is_raw: bool) -> std::io::Result<Arc<Self>> {
        let (family, protocol) = match is_v6 {
            true => (AddressFamily::Inet6, SockProtocol::IcmpV6),
            false => (AddressFamily::Inet, SockProtocol::Icmp),
        };
        let kind = if is_raw { SockType::Raw } else { SockType::Datagram };
        let opened = socket(family, kind, SockFlag::SOCK_CLOEXEC, protocol)?;
        // A smaller buffer than asked for works, only with more loss.
        let _ = setsockopt(&opened, sockopt::RcvBuf, &RECEIVE_BUFFER);
        let socket = UdpSocket::from(opened);
        socket.set_read_timeout(Some(IDLE))?;
        let channel = Arc::new(Self { socket, waiting: Mutex::default(), is_v6, is_raw });
        let reader = channel.socket.try_clone()?;
        let weak = Arc::downgrade(&channel);
        thread::Builder::new().name("icmp".into()).spawn(move || read(&reader, &weak))?;
        Ok(channel)
    }

    /// Sends, and comes back when the answer is there. Whoever stops waiting is forgotten.
    async fn ask(self: &Arc<Self>, address: IpAddr, answer: Answer, packet: &[u8]) -> Result<(), CallError> {
        let key = (address, answer);
        let (sender, receiver) = oneshot::channel();
        self.waiting().insert(key, sender);
        let _forgets = Forgets(self, key);
        let mut tries = 0;
        loop {
            match self.socket.send_to(packet, SocketAddr::new(address, 0)) {
                Ok(_) => break,
                Err(error) if tries < TRIES && is_full(&error) => {
                    tries += 1;
                    tokio::time::sleep(A_BIT).await;
                }
                // What the kernel has learnt of this address meanwhile: nobody is there.
                Err(error) if matches!(error.kind(), ErrorKind::HostUnreachable | ErrorKind::ConnectionRefused) => {
                    return std::future::pending().await;
                }
                Err(error) => return Err(failed("sending", &error)),
            }
        }
        match receiver.await {
            Ok(()) => Ok(()),
            Err(_) => std::future::pending().await,
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<(IpAddr, Answer), oneshot::Sender<()>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_full(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::WouldBlock || error.raw_os_error() == Some(nix::errno::Errno::ENOBUFS as i32)
}

struct Forgets<'a>(&'a Channel, (IpAddr, Answer));

impl Drop for Forgets<'_> {
    fn drop(&mut self) {
        self.0.waiting().remove(&self.1);
    }
}

/// Reads until nobody has the channel any more. What answers nothing that was asked is passed over.
fn read(socket: &UdpSocket, channel: &Weak<Channel>) {
    let mut packet = [0; 2048];
    loop {
        let received = socket.recv_from(&mut packet);
        let Some(channel) = channel.upgrade() else { return };
        let Ok((length, from)) = received else { continue };
        let bytes = packet.get(..length).unwrap_or_default();
        if let Some(answer) = icmp::answer(bytes, channel.is_v6, channel.is_raw)
            && let Some(waits) = channel.waiting().remove(&(from.ip().to_canonical(), answer))
        {
            let _ = waits.send(());
        }
    }
}
