//! An SNMP device that a test makes up (versions 1 and 2c): it answers GET, GETNEXT and GETBULK from its objects, and keeps
//! every datagram's community.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

type Oid = Vec<u32>;

/// Ends with the test.
pub struct FakeSnmp {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl FakeSnmp {
    /// Objects by dotted names: a number, an OID (`oid:1.3.6`), or a text. It answers to these communities; no one: never.
    pub fn start(address: &str, communities: &[&str], objects: &[(&str, &str)]) -> Self {
        let socket = UdpSocket::bind(address.parse::<SocketAddr>().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let objects: BTreeMap<Oid, Vec<u8>> = objects.iter().map(|(oid, text)| (parse(oid), value(text))).collect();
        let communities: Vec<String> = communities.iter().map(|one| (*one).to_owned()).collect();
        let kept = Arc::clone(&heard);
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok((size, from)) = socket.recv_from(&mut buffer) {
                let community = community(&buffer[..size]).unwrap_or_default();
                kept.lock().unwrap().push(community.clone());
                if communities.contains(&community)
                    && let Some(answer) = answer(&buffer[..size], &objects)
                {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        Self { address, heard }
    }

    /// A switch, as small as one can be.
    pub fn switch(address: &str, community: &str) -> Self {
        Self::start(address, &[community], SWITCH)
    }

    /// The communities of all datagrams so far.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// An invented device.
pub const SWITCH: &[(&str, &str)] = &[
    ("1.3.6.1.2.1.1.1.0", "Cisco example switch, version 7.4"),
    ("1.3.6.1.2.1.1.2.0", "oid:1.3.6.1.4.1.9.1.99999"),
    ("1.3.6.1.2.1.1.5.0", "switch-a"),
    ("1.3.6.1.2.1.1.6.0", "cellar"),
    ("1.3.6.1.2.1.2.2.1.1.1", "1"),
    ("1.3.6.1.2.1.2.2.1.2.1", "port 1"),
];

fn parse(text: &str) -> Oid {
    text.split('.').map(|part| part.parse().unwrap()).collect()
}

fn value(text: &str) -> Vec<u8> {
    if let Some(oid) = text.strip_prefix("oid:") {
        return tlv(6, &encode_oid(&parse(oid)));
    }
    match text.parse::<i32>() {
        Ok(number) => tlv(2, &number.to_be_bytes()),
        Err(_) => tlv(4, text.as_bytes()),
    }
}

/// A part and what is behind it.
fn part(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (size, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?), &rest[2..]),
        _ => return None,
    };
    Some((tag, rest.get(..size)?, rest.get(size..)?))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(size @ 0..=0x7f) => out.push(size),
        _ => {
            out.push(0x82);
            out.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    out.extend_from_slice(content);
    out
}

fn encode_oid(oid: &[u32]) -> Vec<u8> {
    let mut out = vec![u8::try_from(oid[0] * 40 + oid[1]).unwrap()];
    for number in &oid[2..] {
        let groups: Vec<u8> = (0..5).map(|n| u8::try_from(number >> (7 * n) & 0x7f).unwrap()).collect();
        let last = groups.iter().rposition(|group| *group != 0).unwrap_or(0);
        out.extend((0..=last).rev().map(|n| if n == 0 { groups[n] } else { groups[n] | 0x80 }));
    }
    out
}

fn decode_oid(bytes: &[u8]) -> Oid {
    let mut oid = vec![u32::from(bytes[0] / 40), u32::from(bytes[0] % 40)];
    let mut number = 0;
    for byte in &bytes[1..] {
        number = number << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            oid.push(std::mem::take(&mut number));
        }
    }
    oid
}

fn community(message: &[u8]) -> Option<String> {
    let (_, inside, _) = part(message)?;
    let (_, _version, rest) = part(inside)?;
    let (_, community, _) = part(rest)?;
    Some(String::from_utf8_lossy(community).into_owned())
}

fn answer(message: &[u8], objects: &BTreeMap<Oid, Vec<u8>>) -> Option<Vec<u8>> {
    let (_, inside, _) = part(message)?;
    let (_, version, rest) = part(inside)?;
    let (_, community, rest) = part(rest)?;
    let (kind, pdu, _) = part(rest)?;
    let (_, id, rest) = part(pdu)?;
    let (_, first, rest) = part(rest)?;
    let (_, second, rest) = part(rest)?;
    let (_, mut binds, _) = part(rest)?;
    let number = |bytes: &[u8]| bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let mut asked = Vec::new();
    while let Some((_, bind, behind)) = part(binds) {
        asked.push(decode_oid(part(bind)?.1));
        binds = behind;
    }
    let mut found: Vec<(Oid, Vec<u8>)> = Vec::new();
    let next = |oid: &Oid| match objects.range(oid.clone()..).find(|(name, _)| *name != oid) {
        Some((name, value)) => (name.clone(), value.clone()),
        None => (oid.clone(), vec![0x82, 0]),
    };
    match kind {
        0xa0 => found.extend(asked.iter().map(|oid| (oid.clone(), objects.get(oid).cloned().unwrap_or(vec![0x81, 0])))),
        0xa1 => found.extend(asked.iter().map(&next)),
        _ => {
            let (once, times) = (number(first).min(asked.len()), number(second).min(20));
            found.extend(asked[..once].iter().map(&next));
            let mut row: Vec<Oid> = asked[once..].to_vec();
            for _ in 0..times {
                let more: Vec<(Oid, Vec<u8>)> = row.iter().map(&next).collect();
                row = more.iter().map(|(oid, _)| oid.clone()).collect();
                found.extend(more);
            }
        }
    }
    let binds: Vec<u8> =
        found.iter().flat_map(|(oid, value)| tlv(0x30, &[tlv(6, &encode_oid(oid)), value.clone()].concat())).collect();
    let pdu = [tlv(2, id), tlv(2, &[0]), tlv(2, &[0]), tlv(0x30, &binds)].concat();
    Some(tlv(0x30, &[tlv(2, version), tlv(4, community), tlv(0xa2, &pdu)].concat()))
}
