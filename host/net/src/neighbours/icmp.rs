//! ICMP echo and timestamp (RFC 792, RFC 4443).
//!
//! An echo carries a token that nobody can guess, and only an answer with that token counts: somebody who is not on the way
//! cannot make an address look alive.

use super::Reader;

const ECHO_REPLY: u8 = 0;
const ECHO: u8 = 8;
const TIMESTAMP: u8 = 13;
const TIMESTAMP_REPLY: u8 = 14;
const ECHO_V6: u8 = 128;
const ECHO_REPLY_V6: u8 = 129;

/// What an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// By the token that was sent along.
    Echo([u8; 8]),
    /// By identifier and sequence number.
    Timestamp([u8; 4]),
}

/// An echo request. The kernel fills in what depends on the socket: the identifier of an unprivileged one, the checksum of
/// IPv6.
pub fn echo(is_v6: bool, token: [u8; 8]) -> Vec<u8> {
    let [a, b, c, d, ..] = token;
    let mut packet = vec![if is_v6 { ECHO_V6 } else { ECHO }, 0, 0, 0, a, b, c, d];
    packet.extend_from_slice(&token);
    // As long as the usual ones are: some firewalls drop odd lengths.
    packet.resize(64, 0);
    seal(&mut packet);
    packet
}

/// A timestamp request; `sent` is in milliseconds since midnight UTC.
pub fn timestamp(id: [u8; 4], sent: u32) -> Vec<u8> {
    let mut packet = vec![TIMESTAMP, 0, 0, 0];
    packet.extend_from_slice(&id);
    packet.extend_from_slice(&sent.to_be_bytes());
    packet.resize(20, 0);
    seal(&mut packet);
    packet
}

/// What a packet answers; `has_header`: it begins with its IPv4 header, as those of raw sockets do.
pub fn answer(packet: &[u8], is_v6: bool, has_header: bool) -> Option<Answer> {
    let mut reader = Reader(packet);
    if has_header && !is_v6 {
        let first = *packet.first()?;
        let header = usize::from(first & 0x0f) * 4;
        if first >> 4 != 4 || header < 20 {
            return None;
        }
        reader.take(header)?;
    }
    let (kind, code) = (reader.byte()?, reader.byte()?);
    let _checksum = reader.word()?;
    let id: [u8; 4] = reader.array()?;
    match (is_v6, kind, code) {
        (false, ECHO_REPLY, 0) | (true, ECHO_REPLY_V6, 0) => reader.array().map(Answer::Echo),
        (false, TIMESTAMP_REPLY, 0) => Some(Answer::Timestamp(id)),
        _ => None,
    }
}

fn seal(packet: &mut [u8]) {
    let [high, low] = checksum(packet).to_be_bytes();
    if let Some(place) = packet.get_mut(2..4) {
        place.copy_from_slice(&[high, low]);
    }
}

/// RFC 1071, of an even number of bytes.
fn checksum(packet: &[u8]) -> u16 {
    let mut sum: u32 = 0;
    for pair in packet.chunks_exact(2) {
        let word: [u8; 2] = pair.try_into().unwrap_or_default();
        sum += u32::from(u16::from_be_bytes(word));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_is_whole() {
        for packet in [echo(false, *b"12345678"), timestamp([1, 2, 3, 4], 86_399_999)] {
            // Over a packet with its checksum in place the sum is zero.
            assert_eq!(checksum(&packet), 0, "{packet:?}");
            assert_eq!(answer(&packet, false, false), None, "a request is no answer");
        }
    }

    #[test]
    fn an_answer_is_known_by_what_was_sent() {
        let mut reply = echo(false, *b"12345678");
        reply[0] = ECHO_REPLY;
        assert_eq!(answer(&reply, false, false), Some(Answer::Echo(*b"12345678")));
        let mut with_header = vec![0x46; 24];
        with_header.extend_from_slice(&reply);
        assert_eq!(answer(&with_header, false, true), Some(Answer::Echo(*b"12345678")));
        with_header[0] = 0x44;
        assert_eq!(answer(&with_header, false, true), None, "a header that is too short");
        let mut reply = echo(true, *b"12345678");
        reply[0] = ECHO_REPLY_V6;
        assert_eq!(answer(&reply, true, true), Some(Answer::Echo(*b"12345678")));
        assert_eq!(answer(&reply, false, false), None);
        let mut reply = timestamp([1, 2, 3, 4], 7);
        reply[0] = TIMESTAMP_REPLY;
        assert_eq!(answer(&reply, false, false), Some(Answer::Timestamp([1, 2, 3, 4])));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            for (is_v6, has_header) in [(false, false), (false, true), (true, false), (true, true)] {
                let _ = answer(&bytes, is_v6, has_header);
            }
        }
    }
}
