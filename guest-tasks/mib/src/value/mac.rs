//! Hardware addresses: six bytes, or the eight of a WWN, lower case with colons.

use super::text::pairs;
use crate::Syntax;

/// A hardware address as a device gives it: packed bytes, or digits with or without separators.
pub fn mac(value: &Syntax) -> Option<String> {
    match value {
        // Six bytes are an address whatever they would say as a text.
        Syntax::Octets(bytes) if bytes.len() == 6 => from_bytes(bytes),
        Syntax::Octets(bytes) => std::str::from_utf8(bytes).ok().and_then(from_text).or_else(|| from_bytes(bytes)),
        _ => None,
    }
}

/// Packed bytes. Fewer than six are the end of a WWN whose beginning is not said; eight are a WWN (of the forms 1, 2 and 5);
/// of more, the last six count. An address of zeros is none.
pub fn from_bytes(bytes: &[u8]) -> Option<String> {
    if bytes.iter().all(|byte| *byte == 0) {
        return None;
    }
    let padded = |short: &[u8]| {
        let mut wwn = vec![0x10];
        wwn.resize(8 - short.len(), 0);
        wwn.extend_from_slice(short);
        wwn
    };
    let address = match bytes {
        [_, _, _, _, _, _] => bytes.to_vec(),
        [first, _, _, _, _, _, _, _] if matches!(first >> 4, 1 | 2 | 5) => bytes.to_vec(),
        long if long.len() > 6 => long.get(long.len() - 6..)?.to_vec(),
        short => padded(short),
    };
    if address.iter().all(|byte| *byte == 0) {
        return None;
    }
    Some(address.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"))
}

/// `0x001B54000001`, `001b54000001`, `001b.5400.0001`, `0:1b:54:0:0:1`, `00-1b-54-00-00-01`, `00 1B 54 00 00 01`.
pub fn from_text(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(|c| matches!(c, '"' | '\''));
    let bare = text.strip_prefix("0x").unwrap_or(text);
    let groups: Vec<&str> = bare.split([':', '-', ' ', '.']).filter(|group| !group.is_empty()).collect();
    let bytes = match groups.as_slice() {
        [digits] if digits.len() >= 10 => pairs(digits.as_bytes())?,
        // The number of a port of a fibre channel switch, which stands in for an address.
        [digits] if digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            let (pair, last) = digits.split_at_checked(4)?;
            let mut bytes = pairs(pair.as_bytes())?;
            bytes.push(byte(last)?);
            bytes
        }
        [_, _, _, _, _, ..] => groups.iter().map(|group| byte(group)).collect::<Option<Vec<u8>>>()?,
        [_, _, _] if groups.iter().all(|group| group.len() == 4) => pairs(groups.concat().as_bytes())?,
        _ => return None,
    };
    from_bytes(&bytes)
}

/// One or two hexadecimal digits.
fn byte(digits: &str) -> Option<u8> {
    let digits = (digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digits)?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_is_one_address() {
        let same = "02:1b:54:00:00:0a";
        for said in [
            "02:1b:54:00:00:0a",
            "02-1B-54-00-00-0A",
            "0x021B5400000A",
            "021b5400000a",
            "2:1b:54:0:0:a",
            "021b.5400.000a",
            "02 1B 54 00 00 0A ",
            "\"02:1b:54:00:00:0a\"",
        ] {
            assert_eq!(from_text(said).as_deref(), Some(same), "{said}");
            assert_eq!(mac(&Syntax::Octets(said.as_bytes().to_vec())).as_deref(), Some(same), "{said}");
        }
        assert_eq!(mac(&Syntax::Octets(vec![2, 0x1b, 0x54, 0, 0, 10])).as_deref(), Some(same));
        assert_eq!(mac(&Syntax::Octets(b"switch".to_vec())).as_deref(), Some("73:77:69:74:63:68"));
    }

    #[test]
    fn lengths_other_than_six_bytes() {
        assert_eq!(from_bytes(&[1, 2, 3, 4, 5]).as_deref(), Some("10:00:00:01:02:03:04:05"));
        assert_eq!(from_bytes(&[0x20, 1, 2, 3, 4, 5, 6, 7]).as_deref(), Some("20:01:02:03:04:05:06:07"));
        assert_eq!(from_bytes(&[0x60, 1, 2, 3, 4, 5, 6, 7]).as_deref(), Some("02:03:04:05:06:07"));
        assert_eq!(from_bytes(&[0, 0, 0, 2, 3, 4, 5, 6, 7]).as_deref(), Some("02:03:04:05:06:07"));
        assert_eq!(from_text("69376").as_deref(), Some("10:00:00:00:00:69:37:06"));
        assert_eq!(from_bytes(&[]), None);
        assert_eq!(from_bytes(&[0; 6]), None);
        assert_eq!(from_bytes(&[9, 9, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(mac(&Syntax::Integer(7)), None);
    }
}
