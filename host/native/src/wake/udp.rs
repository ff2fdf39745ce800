//! The packet as a UDP broadcast: to everybody on the line, and to each network that the machine is in, for a machine with
//! several networks sends the first to one of them alone. It needs no rights.

use super::Interface;
use airlock_net::magic_packet::{PORT, payload};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, UdpSocket};

/// Where it was sent to, or why nowhere.
pub(super) fn send(interfaces: &[Interface], mac: [u8; 6]) -> Result<String, String> {
    let packet = payload(mac);
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).map_err(|error| format!("no socket: {error}"))?;
    socket.set_broadcast(true).map_err(|error| format!("no broadcasts: {error}"))?;
    let own: BTreeSet<Ipv4Addr> =
        interfaces.iter().flat_map(|interface| interface.broadcasts.iter().copied()).collect();
    let (mut sent, mut failed) = (Vec::new(), Vec::new());
    for address in std::iter::once(Ipv4Addr::BROADCAST).chain(own) {
        match socket.send_to(&packet, (address, PORT)) {
            Ok(_) => sent.push(address.to_string()),
            Err(error) => failed.push(format!("{address}: {error}")),
        }
    }
    if sent.is_empty() {
        return Err(failed.join(", "));
    }
    Ok(format!("a UDP broadcast to {}, port {PORT}", sent.join(" and ")))
}
