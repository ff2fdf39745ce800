//! A session with a device: the credentials that the policy grants for its address are tried one after the other, each as a
//! call of its own. The task says where; with which credential is the owner's business.

use crate::calls::{Peer, SnmpOpen, Transport};
use crate::{CallError, Gate};
use std::net::{IpAddr, SocketAddr};

/// SNMP's own port (RFC 3417, 3.1).
const PORT: u16 = 161;

/// Where a device is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnmpTarget {
    pub address: IpAddr,
    pub port: u16,
    pub transport: Transport,
}

impl Gate {
    /// Finds the credential that a device answers to. When none is granted for the address, the call is decided on without
    /// one, so that the refusal is recorded like any other.
    pub async fn snmp_session(&self, target: SnmpTarget) -> Result<Peer, CallError> {
        let SnmpTarget { address, port, transport } = target;
        let mut names = self.credentials_for(address, port);
        if names.is_empty() {
            names.push(String::new());
        }
        let mut last = CallError::NotFound;
        for credential in names {
            let peer = Peer { address, port, transport, vlan: None, credential };
            match self.call(SnmpOpen { peer: peer.clone() }).await {
                Ok(()) => {
                    self.learnt.answered(address);
                    self.notes.answered(&peer.credential);
                    self.source.answered(address);
                    return Ok(peer);
                }
                // Silence and a wrong name look alike from here: the next one may do.
                Err(
                    error @ (CallError::Timeout | CallError::NotFound | CallError::Failed(_) | CallError::Denied(_)),
                ) => {
                    last = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// The same device, asked for what it knows of one VLAN alone.
    pub async fn snmp_in_vlan(&self, peer: &Peer, vlan: u32) -> Result<Peer, CallError> {
        let peer = Peer { vlan: Some(vlan), ..peer.clone() };
        self.call(SnmpOpen { peer: peer.clone() }).await.map(|()| peer)
    }
}

/// An address, or an address and a port; `udp:` (as without it) or `tcp:` before it.
pub fn snmp_target(text: &str) -> Result<SnmpTarget, CallError> {
    let (transport, place) = match text.split_once(':') {
        Some(("tcp", place)) => (Transport::Tcp, place),
        Some(("udp", place)) => (Transport::Udp, place),
        _ => (Transport::Udp, text),
    };
    let address = place.parse().map(|address: IpAddr| (address, PORT));
    let socket = || place.parse().map(|socket: SocketAddr| (socket.ip(), socket.port()));
    match address.or_else(|_| socket()) {
        Ok((_, 0)) | Err(_) => Err(CallError::Invalid(format!(
            "{text:.60?} is no address such as 10.1.0.7, 10.1.0.7:1161 or tcp:10.1.0.7:161"
        ))),
        Ok((address, port)) => Ok(SnmpTarget { address, port, transport }),
    }
}

#[cfg(test)]
mod tests {
    use super::snmp_target;
    use crate::calls::Transport::{Tcp, Udp};

    #[test]
    fn a_target_is_an_address_and_perhaps_a_port() {
        for (text, meaning) in [
            ("10.1.0.7", Some((Udp, "10.1.0.7", 161))),
            ("10.1.0.7:1161", Some((Udp, "10.1.0.7", 1161))),
            ("2001:db8::7", Some((Udp, "2001:db8::7", 161))),
            ("[2001:db8::7]:162", Some((Udp, "2001:db8::7", 162))),
            ("tcp:10.1.0.7", Some((Tcp, "10.1.0.7", 161))),
            ("tcp:[2001:db8::7]:1161", Some((Tcp, "2001:db8::7", 1161))),
            ("tcp:2001:db8::7", Some((Tcp, "2001:db8::7", 161))),
            ("udp:10.1.0.7:162", Some((Udp, "10.1.0.7", 162))),
            ("dtls:10.1.0.7", None),
            ("tcp:", None),
            ("10.1.0.7:0", None),
            ("10.1.0.7:65536", None),
            ("10.1.7", None),
            ("010.1.0.7", None),
            ("switch.example", None),
            ("fe80::1%eth0", None),
            ("", None),
        ] {
            let read = snmp_target(text).ok().map(|target| (target.transport, target.address.to_string(), target.port));
            assert_eq!(read, meaning.map(|(way, address, port)| (way, address.to_owned(), port)), "{text}");
        }
    }
}
