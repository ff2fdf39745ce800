//! The name of an address, from the machine's resolvers (`/etc/resolv.conf`): asked by UDP from a port of its own each time,
//! with a number that nobody can guess, over a socket that hears that resolver alone.

use super::failed;
use crate::datagram::heard;
use crate::documents::read_plain;
use airlock_gate::CallError;
use airlock_net::neighbours::reverse_name::{self, Said};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::timeout;

const CONFIGURATION: &str = "/etc/resolv.conf";
const LARGEST: u64 = 64 << 10;
/// As resolv.conf(5) has it.
const MOST: usize = 3;
/// Then the next one is asked too.
const HEAD_START: Duration = Duration::from_millis(300);

#[derive(Debug, Default)]
pub(super) struct Resolvers(OnceLock<Vec<SocketAddr>>);

impl Resolvers {
    pub(super) fn these(resolvers: Vec<SocketAddr>) -> Self {
        Self(OnceLock::from(resolvers))
    }

    fn all(&self) -> &[SocketAddr] {
        self.0.get_or_init(|| {
            let text = read_plain(Path::new(CONFIGURATION), LARGEST).unwrap_or_default();
            configured(&String::from_utf8_lossy(&text))
        })
    }

    pub(super) fn none(&self) -> Option<String> {
        self.all().is_empty().then(|| format!("{CONFIGURATION} names no resolver"))
    }

    /// None when the address has no name, or nobody knows.
    pub(super) async fn name(&self, address: IpAddr) -> Result<Option<String>, CallError> {
        let mut trouble = None;
        for (at, resolver) in self.all().iter().enumerate() {
            let is_last = at + 1 == self.all().len();
            let asked = ask(*resolver, address);
            let answer = if is_last { Ok(asked.await) } else { timeout(HEAD_START, asked).await };
            match answer {
                Ok(Ok(Said::Name(name))) => return Ok(Some(name)),
                Ok(Ok(Said::Nothing)) => return Ok(None),
                Ok(Ok(Said::Trouble)) => trouble = Some(CallError::Failed(format!("{resolver} has trouble"))),
                Ok(Err(error)) => trouble = Some(error),
                Err(_late) => {}
            }
        }
        trouble.map_or(Ok(None), Err)
    }
}

/// The `nameserver` lines that are addresses.
fn configured(text: &str) -> Vec<SocketAddr> {
    let resolver = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let address = words.next().filter(|word| *word == "nameserver").and_then(|_| words.next())?;
        address.parse().ok().map(|address: IpAddr| SocketAddr::new(address, reverse_name::PORT))
    };
    text.lines().filter_map(resolver).take(MOST).collect()
}

/// A number that nobody can guess.
pub(super) fn number() -> Result<u16, CallError> {
    let mut bytes = [0; 2];
    getrandom::fill(&mut bytes).map_err(|error| CallError::Failed(format!("no random bytes: {error}")))?;
    Ok(u16::from_ne_bytes(bytes))
}

async fn ask(resolver: SocketAddr, address: IpAddr) -> Result<Said, CallError> {
    let any: IpAddr = if resolver.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    let what = |error| failed(&format!("the resolver {resolver}"), &error);
    let id = number()?;
    let socket = UdpSocket::bind((any, 0)).await.map_err(what)?;
    socket.connect(resolver).await.map_err(what)?;
    socket.send(&reverse_name::query(id, address)).await.map_err(what)?;
    loop {
        if let Some(said) = heard(&socket, |packet| reverse_name::answer(id, address, packet)).await.map_err(what)? {
            return Ok(said);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_are_read() {
        let text = "# nameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch x\nnameserver 2001:db8::1\nnameserver fe80::1%eth0\n\
                    nameserver 192.0.2.3\nnameserver 192.0.2.4\n";
        let all: Vec<String> = configured(text).iter().map(SocketAddr::to_string).collect();
        assert_eq!(all, ["192.0.2.2:53", "[2001:db8::1]:53", "192.0.2.3:53"]);
        assert!(Resolvers::these(vec![]).none().is_some());
    }
}
