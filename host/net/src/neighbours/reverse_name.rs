//! The name of an address: a question to a resolver (RFC 1035, 3.5; RFC 3596, 2.5) and its answer. Aliases on the way are
//! followed (RFC 2317), as far as the answer has them.
//!
//! It is no general resolver: it asks one thing of a resolver that the owner configured, by UDP, and takes one name out of
//! the answer.

use super::Reader;
use std::net::IpAddr;

pub const PORT: u16 = 53;
const PTR: u16 = 12;
const CNAME: u16 = 5;
const INTERNET: u16 = 1;
const IS_RESPONSE: u16 = 0x8000;
const RCODE: u16 = 0x000f;
/// Letters of a name, with its dots (RFC 1035, 2.3.4).
const LONGEST: usize = 253;
/// Records of one answer, and aliases of one name, that are looked at.
const MOST_RECORDS: u16 = 64;
const MOST_ALIASES: usize = 8;

/// What the name of an address is asked for under: `7.0.1.10.in-addr.arpa`.
fn question(address: IpAddr) -> String {
    let (parts, zone) = match address.to_canonical() {
        IpAddr::V4(v4) => (v4.octets().iter().rev().map(u8::to_string).collect::<Vec<_>>(), "in-addr.arpa"),
        IpAddr::V6(v6) => {
            let halves = |octet: &u8| format!("{:x}.{:x}", octet & 15, octet >> 4);
            (v6.octets().iter().rev().map(halves).collect(), "ip6.arpa")
        }
    };
    format!("{}.{zone}", parts.join("."))
}

/// The query, by the number that the answer has to have.
pub fn query(id: u16, address: IpAddr) -> Vec<u8> {
    let mut packet = id.to_be_bytes().to_vec();
    // Recursion is desired, and one question.
    packet.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in question(address).split('.') {
        packet.push(u8::try_from(label.len()).unwrap_or(0));
        packet.extend_from_slice(label.as_bytes());
    }
    packet.push(0);
    packet.extend_from_slice(&PTR.to_be_bytes());
    packet.extend_from_slice(&INTERNET.to_be_bytes());
    packet
}

/// What a resolver says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Name(String),
    /// It has none.
    Nothing,
    /// It does not know, and another one may.
    Trouble,
}

/// Reads an answer to the query of that number about that address; none when it is no such answer.
pub fn answer(id: u16, address: IpAddr, packet: &[u8]) -> Option<Said> {
    let mut reader = Reader(packet);
    let (said, flags) = (reader.word()?, reader.word()?);
    let (questions, answers) = (reader.word()?, reader.word()?);
    reader.take(4)?;
    if said != id || flags & IS_RESPONSE == 0 || questions != 1 {
        return None;
    }
    let mut wanted = question(address);
    if !name(&mut reader, packet)?.eq_ignore_ascii_case(&wanted) || (reader.word()?, reader.word()?) != (PTR, INTERNET)
    {
        return None;
    }
    match flags & RCODE {
        0 => {}
        // There is no such name.
        3 => return Some(Said::Nothing),
        _ => return Some(Said::Trouble),
    }
    let mut records = Vec::new();
    for _ in 0..answers.min(MOST_RECORDS) {
        let Some(record) = record(&mut reader, packet) else { break };
        records.push(record);
    }
    for _ in 0..MOST_ALIASES {
        let of = |kind: u16| records.iter().find(|(owner, k, _)| *k == kind && owner.eq_ignore_ascii_case(&wanted));
        if let Some((_, _, name)) = of(PTR) {
            return Some(plain(name).map_or(Said::Nothing, Said::Name));
        }
        match of(CNAME) {
            Some((_, _, alias)) => wanted = alias.clone(),
            None => break,
        }
    }
    Some(Said::Nothing)
}

/// An owner, the kind of record, and the name that it holds; of other kinds the name is empty.
fn record<'a>(reader: &mut Reader<'a>, packet: &'a [u8]) -> Option<(String, u16, String)> {
    let owner = name(reader, packet)?;
    let (kind, class) = (reader.word()?, reader.word()?);
    reader.take(4)?;
    let length = reader.word()?;
    let mut data = Reader(reader.take(usize::from(length))?);
    let is_name = class == INTERNET && matches!(kind, PTR | CNAME);
    let value = if is_name { name(&mut data, packet)? } else { String::new() };
    Some((owner, if is_name { kind } else { 0 }, value))
}

/// A name, with pointers into the packet, each of which has to lead further to its front than the last: so it ends.
fn name<'a>(reader: &mut Reader<'a>, packet: &'a [u8]) -> Option<String> {
    let mut text = String::new();
    let mut at = *reader;
    let mut limit = packet.len();
    let mut has_jumped = false;
    loop {
        let length = at.byte()?;
        match length {
            0 => break,
            1..=63 => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.extend(at.take(usize::from(length))?.iter().copied().map(char::from));
                if text.len() > 2 * LONGEST {
                    return None;
                }
            }
            0xc0.. => {
                let place = usize::from(length & 0x3f) << 8 | usize::from(at.byte()?);
                if !has_jumped {
                    *reader = at;
                    has_jumped = true;
                }
                if place >= limit {
                    return None;
                }
                limit = place;
                at = Reader(packet.get(place..)?);
            }
            _ => return None,
        }
    }
    if !has_jumped {
        *reader = at;
    }
    Some(text)
}

/// A name as hosts have them: a resolver's answer is a stranger's text.
fn plain(name: &str) -> Option<String> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    (name.len() <= LONGEST && name.split('.').all(is_label)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 0, 7));

    fn labels(name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for label in name.split('.') {
            bytes.push(u8::try_from(label.len()).unwrap());
            bytes.extend_from_slice(label.as_bytes());
        }
        bytes.push(0);
        bytes
    }

    fn record_of(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
        let mut bytes = owner.to_vec();
        bytes.extend_from_slice(&kind.to_be_bytes());
        bytes.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        bytes.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(data);
        bytes
    }

    fn reply(code: u8, records: &[Vec<u8>]) -> Vec<u8> {
        let mut packet = query(7, ADDRESS);
        packet[2] = 0x81;
        packet[3] = 0x80 | code;
        packet[7] = u8::try_from(records.len()).unwrap();
        records.iter().for_each(|record| packet.extend_from_slice(record));
        packet
    }

    const QUESTION: &[u8] = &[0xc0, 12];

    #[test]
    fn the_question_is_the_address_from_behind() {
        assert_eq!(question(ADDRESS), "7.0.1.10.in-addr.arpa");
        assert_eq!(question("::ffff:10.1.0.7".parse().unwrap()), "7.0.1.10.in-addr.arpa");
        let v6 = question("2001:db8::567:89ab".parse().unwrap());
        assert_eq!(v6, "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    }

    #[test]
    fn a_name_is_taken_out_of_the_answer() {
        let said = |records: &[Vec<u8>]| answer(7, ADDRESS, &reply(0, records));
        let name = |name: &str| Some(Said::Name(name.to_owned()));
        assert_eq!(said(&[record_of(QUESTION, PTR, &labels("sw7.example"))]), name("sw7.example"));
        // By way of an alias, as delegations of small networks have it.
        let alias = labels("7.0-127.0.1.10.in-addr.arpa");
        let way = [record_of(QUESTION, CNAME, &alias), record_of(&alias, PTR, &labels("sw7.example"))];
        assert_eq!(said(&way), name("sw7.example"));
        assert_eq!(said(&[record_of(QUESTION, 16, b"\x05hello")]), Some(Said::Nothing));
        assert_eq!(said(&[record_of(&labels("8.0.1.10.in-addr.arpa"), PTR, &labels("x"))]), Some(Said::Nothing));
        assert_eq!(said(&[record_of(QUESTION, CNAME, QUESTION)]), Some(Said::Nothing));
        for odd in ["a b", "a\u{1b}[2J", "x/../y"] {
            assert_eq!(said(&[record_of(QUESTION, PTR, &labels(odd))]), Some(Said::Nothing), "{odd}");
        }
        assert_eq!(answer(7, ADDRESS, &reply(3, &[])), Some(Said::Nothing));
        assert_eq!(answer(7, ADDRESS, &reply(2, &[])), Some(Said::Trouble));
    }

    #[test]
    fn what_is_no_answer_to_the_question_is_none() {
        let good = reply(0, &[record_of(QUESTION, PTR, &labels("sw7.example"))]);
        assert_eq!(answer(8, ADDRESS, &good), None);
        assert_eq!(answer(7, "10.1.0.8".parse().unwrap(), &good), None);
        assert_eq!(answer(7, ADDRESS, &query(7, ADDRESS)), None);
        // A pointer that leads to itself, and one that leads forward.
        for target in [good.len() - 2, good.len()] {
            let mut packet = reply(0, &[record_of(QUESTION, PTR, &[0xc0, u8::try_from(target).unwrap()])]);
            packet.extend_from_slice(&labels("x"));
            assert_eq!(answer(7, ADDRESS, &packet), Some(Said::Nothing));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..60_usize, byte in any::<u8>()) {
            let _ = answer(7, ADDRESS, &bytes);
            let _ = answer(7, ADDRESS, &reply(0, std::slice::from_ref(&bytes)));
            let mut packet = reply(0, &[record_of(QUESTION, PTR, &labels("sw7.example"))]);
            if let Some(place) = packet.get_mut(at) {
                *place = byte;
            }
            let _ = answer(7, ADDRESS, &packet);
        }
    }
}
