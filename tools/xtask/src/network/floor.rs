//! The least that it takes to ask a network, and to read a device: packets, and nothing understood of them.

use super::ber::{self, END_OF_VIEW, GET, GET_BULK, Message, Reader};
use anyhow::{Result, bail};
use nix::sys::socket::{setsockopt, sockopt};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

const PORT: u16 = 161;
const TIMEOUT: Duration = Duration::from_secs(1);
const AT_ONCE: i64 = 50;

/// One GET of five names to every address, and all answers: how many there were, and how long it took.
pub(super) fn scan(addresses: &[Ipv4Addr]) -> Result<(usize, Duration)> {
    let start = Instant::now();
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    let _ = setsockopt(&socket, sockopt::RcvBuf, &(8 << 20));
    let names: Vec<Vec<u8>> = [1, 2, 3, 5, 6].map(|last| ber::name(&[1, 3, 6, 1, 2, 1, 1, last, 0])).into();
    let question = Message::question(GET, 1, 0, &names);
    for address in addresses {
        // An address that nobody has fills a queue of the kernel's: it is asked, and that is all.
        let _ = socket.send_to(&question, (*address, PORT));
    }
    let (mut heard, mut packet) = (BTreeSet::new(), [0; 2048]);
    while heard.len() < addresses.len() {
        let Some(left) = TIMEOUT.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { break };
        socket.set_read_timeout(Some(left))?;
        if let Ok((_, from)) = socket.recv_from(&mut packet) {
            heard.insert(from.ip());
        }
    }
    Ok((heard.len(), start.elapsed()))
}

/// All that a device has below 1.3.6.1, by GETBULK: how many objects that is, and how long it took.
pub(super) fn walk(address: Ipv4Addr) -> Result<(usize, Duration)> {
    let start = Instant::now();
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect((address, PORT))?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    let (mut name, mut objects, mut packet) = (ber::name(&[1, 3, 6, 1]), 0, vec![0; 65_535]);
    for id in 0.. {
        socket.send(&Message::question(GET_BULK, id, AT_ONCE, std::slice::from_ref(&name)))?;
        let length = socket.recv(&mut packet)?;
        let Some(message) = packet.get(..length).and_then(Message::read) else { bail!("{address}: no answer") };
        let (mut binds, before) = (message.binds, objects);
        while let Some((_, bind)) = binds.next() {
            let mut bind = Reader(bind);
            let (Some((_, oid)), Some((tag, _))) = (bind.next(), bind.next()) else { break };
            if tag == END_OF_VIEW {
                return Ok((objects, start.elapsed()));
            }
            objects += 1;
            name = oid.to_vec();
        }
        if objects == before {
            break;
        }
    }
    Ok((objects, start.elapsed()))
}
