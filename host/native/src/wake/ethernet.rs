//! The frame itself, past the machine's own IP: on every Ethernet interface, without asking who is there.

use super::Interface;
use airlock_net::magic_packet::frame;
use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, sendto, socket};
use std::os::fd::AsRawFd;

/// Ethernet, as interfaces say it (`ARPHRD_ETHER`).
const ETHERNET: u16 = 1;

/// On which interfaces it was sent, or why on none.
pub(super) fn send(interfaces: &[Interface], mac: [u8; 6]) -> Result<String, String> {
    let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)
        .map_err(|error| format!("needs a raw socket, which takes root or CAP_NET_RAW ({})", error.desc()))?;
    let (mut sent, mut failed) = (Vec::new(), Vec::new());
    for interface in interfaces {
        let link = interface.link.filter(|link| link.hatype() == ETHERNET && link.halen() == 6);
        let Some((link, own)) = link.and_then(|link| Some((link, link.addr().filter(|own| *own != [0; 6])?))) else {
            continue;
        };
        match sendto(socket.as_raw_fd(), &frame(mac, own), &link, MsgFlags::empty()) {
            Ok(_) => sent.push(interface.name.clone()),
            // One without a carrier, for one.
            Err(error) => failed.push(reason(&interface.name, error)),
        }
    }
    match (sent.is_empty(), failed.is_empty()) {
        (false, _) => Ok(format!("an Ethernet frame on {}", sent.join(", "))),
        (true, false) => Err(failed.join(", ")),
        (true, true) => Err("no Ethernet interface is up and has an IPv4 address".to_owned()),
    }
}

fn reason(interface: &str, error: Errno) -> String {
    format!("{interface}: {}", error.desc())
}
