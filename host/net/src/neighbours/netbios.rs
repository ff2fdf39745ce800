//! NetBIOS node status (RFC 1002, 4.2.17 and 4.2.18): what names a machine has taken, and its hardware address.

use super::{Reader, mac_text};

pub const PORT: u16 = 137;
const NODE_STATUS: u16 = 0x0021;
const INTERNET: u16 = 0x0001;
const IS_RESPONSE: u16 = 0x8000;
const IS_GROUP: u16 = 0x8000;
/// The name `*` in the encoding of RFC 1002, 4.1: each half of a byte is a letter from `A` on.
const ANY_NAME: &[u8; 34] = b"\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0";

/// What a machine says of itself. No part of it is to be believed more than that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeStatus {
    pub name: Option<String>,
    pub workgroup: Option<String>,
    /// The last name that the messenger service took and that is not the machine's own.
    pub user: Option<String>,
    pub mac: Option<String>,
}

/// The question, by the number that the answer has to have.
pub fn query(id: u16) -> Vec<u8> {
    let mut packet = id.to_be_bytes().to_vec();
    // A request, and one question.
    packet.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    packet.extend_from_slice(ANY_NAME);
    packet.extend_from_slice(&NODE_STATUS.to_be_bytes());
    packet.extend_from_slice(&INTERNET.to_be_bytes());
    packet
}

/// Reads an answer to the question of that number.
pub fn answer(id: u16, packet: &[u8]) -> Option<NodeStatus> {
    let mut reader = Reader(packet);
    let (said, flags) = (reader.word()?, reader.word()?);
    let (questions, answers) = (reader.word()?, reader.word()?);
    if said != id || flags & IS_RESPONSE == 0 || questions != 0 || answers == 0 {
        return None;
    }
    reader.take(4)?;
    // The name again, or a pointer to it; then type, class, time to live, length.
    match reader.byte()? {
        0x20 => reader.take(33)?,
        0xc0.. => reader.take(1)?,
        _ => return None,
    };
    let (kind, class) = (reader.word()?, reader.word()?);
    if (kind, class) != (NODE_STATUS, INTERNET) {
        return None;
    }
    reader.take(4)?;
    let length = usize::from(reader.word()?);
    let mut reader = Reader(reader.0.get(..length).unwrap_or(reader.0));
    let count = reader.byte()?;
    let mut status = NodeStatus::default();
    let mut users = Vec::new();
    for _ in 0..count {
        let name = reader.take(15)?;
        let (suffix, flags) = (reader.byte()?, reader.word()?);
        let Some(name) = text(name) else { continue };
        match (suffix, flags & IS_GROUP != 0) {
            (0x00, true) => status.workgroup = status.workgroup.or(Some(name)),
            (0x00, false) if !name.starts_with("IS~") => status.name = status.name.or(Some(name)),
            (0x03, false) => users.push(name),
            _ => {}
        }
    }
    status.user = users.into_iter().rfind(|user| Some(user) != status.name.as_ref());
    status.mac = reader.take(6).and_then(mac_text);
    Some(status)
}

/// A name without what fills it up; none for what is no text. Letters beyond ASCII are of an unknown code page, and taken
/// for Latin ones.
fn text(bytes: &[u8]) -> Option<String> {
    let text: String = bytes.iter().copied().map(char::from).collect();
    let text = text.trim_matches([' ', '\0']);
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: &[(&str, u8, u16)] = &[
        ("PC7", 0x00, 0x0400),
        ("OFFICE", 0x00, 0x8400),
        ("PC7", 0x20, 0x0400),
        ("IS~PC7", 0x00, 0x0400),
        ("PC7", 0x03, 0x0400),
        ("ANN", 0x03, 0x0400),
        ("OFFICE", 0x1e, 0x8400),
    ];

    fn reply(id: u16, names: &[(&str, u8, u16)], mac: [u8; 6]) -> Vec<u8> {
        let mut packet = id.to_be_bytes().to_vec();
        packet.extend_from_slice(&[0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
        packet.extend_from_slice(ANY_NAME);
        packet.extend_from_slice(&[0, 0x21, 0, 1, 0, 0, 0, 0]);
        packet.extend_from_slice(&u16::try_from(1 + names.len() * 18 + 46).unwrap().to_be_bytes());
        packet.push(u8::try_from(names.len()).unwrap());
        for (name, suffix, flags) in names {
            packet.extend_from_slice(format!("{name:<15}").as_bytes());
            packet.push(*suffix);
            packet.extend_from_slice(&flags.to_be_bytes());
        }
        packet.extend_from_slice(&mac);
        packet.resize(packet.len() + 40, 0);
        packet
    }

    #[test]
    fn a_machine_says_who_it_is() {
        assert_eq!(query(0x0102).len(), 50);
        let packet = reply(7, NAMES, [0, 0, 0x5e, 0, 0x53, 7]);
        let text = |text: &str| Some(text.to_owned());
        let expected = NodeStatus {
            name: text("PC7"),
            workgroup: text("OFFICE"),
            user: text("ANN"),
            mac: text("00:00:5e:00:53:07"),
        };
        assert_eq!(answer(7, &packet), Some(expected));
        assert_eq!(answer(8, &packet), None, "the answer to another question");
        assert_eq!(answer(7, &query(7)), None, "a question");
        let nobody = answer(7, &reply(7, &NAMES[..5], [0; 6])).unwrap();
        assert_eq!((nobody.user, nobody.mac), (None, None), "the machine's own name is no user");
        let odd = answer(7, &reply(7, &[("A\u{7}B", 0, 0)], [1; 6])).unwrap();
        assert_eq!(odd, NodeStatus::default());
    }

    #[test]
    fn half_an_answer_is_none_but_its_names_may_end_early() {
        let packet = reply(7, NAMES, [0, 0, 0x5e, 0, 0x53, 7]);
        for end in 0..packet.len() {
            if let Some(status) = answer(7, &packet[..end]) {
                assert!(end >= 56 + 1 + NAMES.len() * 18, "{end}");
                assert_eq!(status.name.as_deref(), Some("PC7"));
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300), names in any::<u8>()) {
            let _ = answer(7, &bytes);
            let mut packet = reply(7, &[], [0; 6]);
            packet.truncate(56);
            packet.push(names);
            packet.extend_from_slice(&bytes);
            let _ = answer(7, &packet);
        }
    }
}
