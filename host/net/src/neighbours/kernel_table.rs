//! The kernel's table of neighbours, over its own socket (rtnetlink(7), `RTM_GETNEIGH`): ARP and neighbour discovery alike.

use super::mac_text;
use std::net::IpAddr;

const ASK: u16 = 30;
const ENTRY: u16 = 28;
const DONE: u16 = 3;
const ERROR: u16 = 2;
/// A request, for the whole table.
const WHOLE_TABLE: u16 = 0x0301;
const DESTINATION: u16 = 1;
const HARDWARE_ADDRESS: u16 = 2;
/// Reachable, stale, delay, probe, permanent (`linux/neighbour.h`): the kernel sends to this address.
const IS_KNOWN: u16 = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
/// Neither looked up nor there.
const NO_ARP: u16 = 0x40;
const HEADER: usize = 16;
const MESSAGE: usize = 12;

/// Asks for all of it.
pub fn request() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + MESSAGE);
    bytes.extend_from_slice(&28_u32.to_ne_bytes());
    bytes.extend_from_slice(&ASK.to_ne_bytes());
    bytes.extend_from_slice(&WHOLE_TABLE.to_ne_bytes());
    bytes.extend_from_slice(&1_u32.to_ne_bytes());
    bytes.resize(HEADER + MESSAGE, 0);
    bytes
}

/// Adds the neighbours of one part of the answer; true when it was the last one. What makes no sense ends it.
pub fn read(part: &[u8], found: &mut Vec<(IpAddr, String)>) -> bool {
    let mut rest = part;
    while let Some(length) = rest.get(..4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_ne_bytes) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let kind = rest.get(4..6).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_ne_bytes);
        if length < HEADER || matches!(kind, DONE | ERROR) {
            return true;
        }
        let Some(message) = rest.get(HEADER..length) else { return true };
        if kind == ENTRY {
            found.extend(entry(message));
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    false
}

fn entry(message: &[u8]) -> Option<(IpAddr, String)> {
    let state = u16::from_ne_bytes(message.get(8..10)?.try_into().ok()?);
    if state & IS_KNOWN == 0 || state & NO_ARP != 0 {
        return None;
    }
    let (mut address, mut mac) = (None, None);
    let mut rest = message.get(MESSAGE..)?;
    while let Some(head) = rest.get(..4) {
        let length = usize::from(u16::from_ne_bytes(head.get(..2)?.try_into().ok()?));
        let kind = u16::from_ne_bytes(head.get(2..)?.try_into().ok()?);
        let value = rest.get(4..length)?;
        match kind {
            DESTINATION => address = ip(value),
            HARDWARE_ADDRESS => mac = mac_text(value),
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    address.zip(mac)
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let mut bytes = u16::try_from(4 + value.len()).unwrap().to_ne_bytes().to_vec();
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.extend_from_slice(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn message(kind: u16, state: u16, attributes: &[Vec<u8>]) -> Vec<u8> {
        let body = attributes.concat();
        let mut bytes = u32::try_from(HEADER + MESSAGE + body.len()).unwrap().to_ne_bytes().to_vec();
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.resize(HEADER + 8, 0);
        bytes.extend_from_slice(&state.to_ne_bytes());
        bytes.resize(HEADER + MESSAGE, 0);
        bytes.extend_from_slice(&body);
        bytes
    }

    fn neighbour(state: u16, address: &[u8], mac: &[u8]) -> Vec<u8> {
        message(ENTRY, state, &[attribute(9, b"x"), attribute(DESTINATION, address), attribute(HARDWARE_ADDRESS, mac)])
    }

    #[test]
    fn known_neighbours_are_read() {
        const MAC: &[u8] = &[0, 0, 0x5e, 0, 0x53, 7];
        let part = [
            neighbour(0x02, &[10, 1, 0, 7], MAC),
            neighbour(0x04, &[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], MAC),
            neighbour(0x20, &[10, 1, 0, 8], MAC),
            neighbour(0x01, &[10, 1, 0, 9], &[]),
            neighbour(0x02, &[10, 1, 0, 10], &[0; 6]),
            neighbour(0x40, &[10, 1, 0, 11], MAC),
            neighbour(0x02, &[10, 1], MAC),
        ];
        let mut found = Vec::new();
        assert!(!read(&part.concat(), &mut found));
        let mac = "00:00:5e:00:53:07".to_owned();
        assert_eq!(found, [("10.1.0.7".parse().unwrap(), mac.clone()), ("fd00::1".parse().unwrap(), mac)]);
        assert!(read(&message(DONE, 0, &[]), &mut found));
        assert_eq!(request().len(), 28);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), length in 0..80_u32) {
            let mut found = Vec::new();
            read(&bytes, &mut found);
            let mut part = length.to_ne_bytes().to_vec();
            part.extend_from_slice(&ENTRY.to_ne_bytes());
            part.extend_from_slice(&bytes);
            read(&part, &mut found);
        }
    }
}
