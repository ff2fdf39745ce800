//! The kernel's table of neighbours. An address on the machine's own wire that is not in it gets a datagram to its discard
//! port: to send that, the kernel has to ask who has the address. Nothing else needs rights, and no packet is made by hand.
//! Addresses behind a router have no entry, and get no packet.

use super::failed;
use airlock_gate::CallError;
use ipnet::IpNet;
use nix::ifaddrs::getifaddrs;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::time::sleep;

/// RFC 863.
const DISCARD: u16 = 9;
/// How old what was read may be: many addresses are looked for at the same time, and the table is read whole.
const FRESH: Duration = Duration::from_millis(10);
/// Networks of this machine change seldom.
const SETTLED: Duration = Duration::from_secs(10);
/// When the table is looked at again; then every last of them.
const LOOKS: &[u64] = &[2, 5, 15, 40, 100];

#[derive(Debug, Default)]
pub(super) struct Table {
    known: Mutex<Kept<HashMap<IpAddr, String>>>,
    networks: Mutex<Kept<Vec<IpNet>>>,
}

/// What was read, and when.
#[derive(Debug, Default)]
struct Kept<T>(Option<(Instant, T)>);

impl<T> Kept<T> {
    fn get(&mut self, fresh: Duration, read: impl FnOnce() -> Result<T, CallError>) -> Result<&T, CallError> {
        let kept = match self.0.take().filter(|(at, _)| at.elapsed() < fresh) {
            Some(kept) => kept,
            None => {
                let at = Instant::now();
                (at, read()?)
            }
        };
        Ok(&self.0.insert(kept).1)
    }
}

impl Table {
    pub(super) fn none(&self) -> Option<String> {
        self.known(Ipv4Addr::UNSPECIFIED.into()).err().map(|error| error.to_string())
    }

    /// The hardware address; none where there is no such neighbour. One that does not answer is waited for until the caller
    /// has enough.
    pub(super) async fn find(&self, address: IpAddr) -> Result<Option<String>, CallError> {
        if let Some(mac) = self.known(address)? {
            return Ok(Some(mac));
        }
        if !self.is_on_link(address)? {
            return Ok(None);
        }
        let any: IpAddr = if address.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((any, 0)).await.map_err(|error| failed("a socket", &error))?;
        match socket.send_to(&[0], (address, DISCARD)).await {
            Ok(_) => {}
            // What the kernel knows by now.
            Err(error) if error.kind() == std::io::ErrorKind::HostUnreachable => return Ok(None),
            Err(error) => return Err(failed("sending", &error)),
        }
        let last = LOOKS.last().copied().unwrap_or(100);
        for wait in LOOKS.iter().copied().chain(std::iter::repeat(last)) {
            sleep(Duration::from_millis(wait)).await;
            if let Some(mac) = self.known(address)? {
                return Ok(Some(mac));
            }
        }
        Ok(None)
    }

    fn known(&self, address: IpAddr) -> Result<Option<String>, CallError> {
        let mut kept = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get(FRESH, read)?.get(&address).cloned())
    }

    /// On a network that one of this machine's interfaces is in; loopback has no neighbours, and the machine is not its own.
    fn is_on_link(&self, address: IpAddr) -> Result<bool, CallError> {
        let mut kept = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let networks = kept.get(SETTLED, networks)?;
        let is_own = networks.iter().any(|net| net.addr() == address);
        Ok(!is_own && networks.iter().any(|net| net.contains(&address)))
    }
}

/// Each interface's address with its network.
fn networks() -> Result<Vec<IpNet>, CallError> {
    let all = getifaddrs().map_err(|error| failed("the interfaces", &error.into()))?;
    let ip = |storage: Option<nix::sys::socket::SockaddrStorage>| {
        let storage = storage?;
        let v4 = storage.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
        v4.or_else(|| storage.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
    };
    let net = |interface: nix::ifaddrs::InterfaceAddress| {
        IpNet::with_netmask(ip(interface.address)?, ip(interface.netmask)?).ok()
    };
    Ok(all.filter_map(net).filter(|net| !net.addr().is_loopback()).collect())
}

#[cfg(target_os = "linux")]
fn read() -> Result<HashMap<IpAddr, String>, CallError> {
    use airlock_net::neighbours::kernel_table;
    use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket};
    use std::os::fd::AsRawFd;
    /// Parts of an answer: more than the kernel's largest table makes.
    const MOST_PARTS: usize = 4096;

    let what = |error: nix::Error| failed("the kernel's table of neighbours", &error.into());
    let kind = (AddressFamily::Netlink, SockType::Raw);
    let socket = socket(kind.0, kind.1, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute).map_err(what)?;
    send(socket.as_raw_fd(), &kernel_table::request(), MsgFlags::empty()).map_err(what)?;
    let (mut found, mut part) = (Vec::new(), vec![0; 64 << 10]);
    for _ in 0..MOST_PARTS {
        // The kernel has it ready; it is not waited for.
        let length = recv(socket.as_raw_fd(), &mut part, MsgFlags::MSG_DONTWAIT).map_err(what)?;
        if kernel_table::read(part.get(..length).unwrap_or_default(), &mut found) {
            break;
        }
    }
    Ok(found.into_iter().collect())
}

#[cfg(not(target_os = "linux"))]
fn read() -> Result<HashMap<IpAddr, String>, CallError> {
    Err(CallError::Failed("this system's table of neighbours is not read".to_owned()))
}
