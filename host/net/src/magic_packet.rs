//! The packet that a network card wakes its machine up for: as a payload of its own, and as an Ethernet frame. Whoever
//! sends it needs no answer, and gets none.

/// Of six bytes of ones and sixteen times the address.
pub const LENGTH: usize = 6 + 16 * 6;
/// The EtherType of wake-on-LAN.
pub const ETHER_TYPE: u16 = 0x0842;
/// The UDP port that it is sent to, by custom (discard, RFC 863).
pub const PORT: u16 = 9;

/// What wakes the machine up that has this address.
pub fn payload(mac: [u8; 6]) -> Vec<u8> {
    let mut packet = vec![0xff; 6];
    for _ in 0..16 {
        packet.extend_from_slice(&mac);
    }
    packet
}

/// The payload in an Ethernet II frame from the interface `from`.
pub fn frame(mac: [u8; 6], from: [u8; 6]) -> Vec<u8> {
    let mut frame = mac.to_vec();
    frame.extend_from_slice(&from);
    frame.extend_from_slice(&ETHER_TYPE.to_be_bytes());
    frame.extend(payload(mac));
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_its_header_and_the_address_sixteen_times() {
        let (mac, from) = ([2, 0, 0, 0, 0, 9], [2, 0, 0, 0, 0, 1]);
        let frame = frame(mac, from);
        assert_eq!(frame.len(), 14 + LENGTH);
        assert_eq!(&frame[..14], [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x08, 0x42]);
        assert_eq!(&frame[14..20], [0xff; 6]);
        assert!(frame[20..].chunks(6).all(|part| part == mac));
        assert_eq!(&frame[14..], payload(mac));
    }
}
