//! Texts: what people read, without quotes and without what cannot be printed.

use super::ticks;
use crate::Syntax;
use std::net::Ipv4Addr;

/// A value as a text for people: without the quotes around it, as UTF-8, up to the first character that cannot be printed
/// (line ends are kept), trimmed. `None` when nothing is left.
pub fn text(value: &Syntax) -> Option<String> {
    let said = match value {
        Syntax::Octets(bytes) | Syntax::Opaque(bytes) => printable(&decoded(bytes)),
        Syntax::Integer(number) => number.to_string(),
        Syntax::Counter32(number) | Syntax::Gauge32(number) => number.to_string(),
        Syntax::Counter64(number) => number.to_string(),
        Syntax::TimeTicks(hundredths) => ticks::duration(*hundredths),
        Syntax::IpAddress(octets) => Ipv4Addr::from(*octets).to_string(),
        Syntax::Oid(oid) => oid.clone(),
        Syntax::Null | Syntax::NoSuchObject | Syntax::NoSuchInstance | Syntax::EndOfMibView => return None,
    };
    let said = said.trim();
    (!said.is_empty()).then(|| said.to_owned())
}

/// A text of several lines, with the blanks that it begins with. `None` when nothing is left.
pub fn lines(bytes: &[u8]) -> Option<String> {
    let said = printable(&decoded(bytes));
    let said = said.trim_start_matches('\n').trim_end();
    (!said.trim().is_empty()).then(|| said.to_owned())
}

/// A text to the letter: not trimmed, and without the quotes at its very ends. `None` when there is nothing to read in it.
/// Names of ports are compared by it, by people and by servers, and what two protocols say of one neighbour.
pub fn verbatim(value: &Syntax) -> Option<String> {
    let Syntax::Octets(bytes) = value else { return text(value) };
    let said = visible(&decoded(bytes));
    let quotes = ["\\\"", "\"", "'"];
    let said = quotes.iter().find_map(|quote| said.strip_prefix(quote)).unwrap_or(&said);
    let said = quotes.iter().find_map(|quote| said.strip_suffix(quote)).unwrap_or(said);
    (!said.trim().is_empty()).then(|| said.to_owned())
}

/// A text that should be one line: inner white space collapsed.
pub fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An address: of its own type, of four bytes, or written out.
pub fn address(value: &Syntax) -> Option<String> {
    match value {
        Syntax::IpAddress(octets) => Some(Ipv4Addr::from(*octets).to_string()),
        Syntax::Octets(bytes) => match <[u8; 4]>::try_from(bytes.as_slice()) {
            Ok(octets) => Some(Ipv4Addr::from(octets).to_string()),
            Err(_) => text(value)?.parse::<std::net::IpAddr>().ok().map(|address| address.to_string()),
        },
        _ => None,
    }
}

/// The bytes as they are, where they can be printed as they are; else `0x` and hexadecimal digits.
pub fn lossless(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')) => text.to_owned(),
        _ => bytes.iter().fold("0x".to_owned(), |hex, byte| hex + &format!("{byte:02X}")),
    }
}

/// Quotes taken off, cut at the first character that cannot be printed; line ends are kept.
pub fn printable(text: &str) -> String {
    let text = unquoted(text.trim_start_matches('\u{feff}'));
    visible(text)
}

/// Cut at the first character that cannot be printed; line ends are kept.
fn visible(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().map(|c| if c == '\t' { ' ' } else { c }).take_while(|c| *c == '\n' || is_printable(*c)).collect()
}

/// What can be seen, and the space: no control characters, nothing unassigned on purpose or private.
pub(super) fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(u32::from(c), 0xe000..=0xf8ff | 0xf0000..=0x10_ffff | 0xfff9..=0xfffd | 0x2028..=0x202e | 0x2066..=0x2069)
}

/// Bytes as a text: hexadecimal digits after `0x` are decoded, UTF-8 is taken as it is, anything else as Latin-1.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let decoded = hex_digits(bytes);
    let bytes = decoded.as_deref().unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // UTF-8 that was cut in the midst of a character: it has whole ones before.
        Err(cut) if cut.error_len().is_none() && !bytes.get(..cut.valid_up_to()).unwrap_or(b"").is_ascii() => {
            String::from_utf8_lossy(bytes.get(..cut.valid_up_to()).unwrap_or(b"")).into_owned()
        }
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// `0x4142` → the bytes; `None` for anything else.
fn hex_digits(bytes: &[u8]) -> Option<Vec<u8>> {
    let digits = bytes.strip_prefix(b"0x")?;
    if digits.is_empty() {
        return None;
    }
    pairs(digits)
}

/// Hexadecimal digits, two a byte.
pub(super) fn pairs(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |d: &u8| char::from(*d).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? * 16 + digit(low)?),
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

/// Without a pair of quotes around it, escaped or not.
fn unquoted(text: &str) -> &str {
    let trimmed = text.trim();
    for (open, close) in [("\\\"", "\\\""), ("\"", "\""), ("'", "'")] {
        if let Some(inner) = trimmed.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return inner;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Option<String> {
        text(&Syntax::Octets(bytes.to_vec()))
    }

    #[test]
    fn a_text_is_what_can_be_read() {
        assert_eq!(of(b"  \"Lab switch\" ").as_deref(), Some("Lab switch"));
        assert_eq!(of(b"\\\"quoted\\\"").as_deref(), Some("quoted"));
        assert_eq!(of(b"one\r\ntwo\x00rubbish").as_deref(), Some("one\ntwo"));
        assert_eq!(of(b"0x4c616220").as_deref(), Some("Lab"));
        assert_eq!(of(b"0x4").as_deref(), Some("0x4"));
        assert_eq!(of(b"caf\xe9").as_deref(), Some("café"));
        assert_eq!(of("café".as_bytes()).as_deref(), Some("café"));
        assert_eq!(of(b"\xc3\xa9caf\xc3").as_deref(), Some("écaf"));
        assert_eq!(of(b"\x01\x02"), None);
        assert_eq!(of(b"\"\""), None);
        let to_the_letter = |said: &[u8]| verbatim(&Syntax::Octets(said.to_vec()));
        assert_eq!(to_the_letter(b"Port 1 ").as_deref(), Some("Port 1 "));
        assert_eq!(to_the_letter(b"\"Invented OS").as_deref(), Some("Invented OS"));
        assert_eq!((to_the_letter(b"  "), to_the_letter(b"\"")), (None, None));
        assert_eq!(text(&Syntax::NoSuchInstance), None);
        assert_eq!(text(&Syntax::Integer(-3)).as_deref(), Some("-3"));
    }

    #[test]
    fn an_address_is_read_in_every_form() {
        assert_eq!(address(&Syntax::IpAddress([10, 0, 0, 1])).as_deref(), Some("10.0.0.1"));
        assert_eq!(address(&Syntax::Octets(vec![192, 0, 2, 7])).as_deref(), Some("192.0.2.7"));
        assert_eq!(address(&Syntax::Octets(b"192.0.2.7".to_vec())).as_deref(), Some("192.0.2.7"));
        assert_eq!(address(&Syntax::Octets(b"switch".to_vec())), None);
    }

    #[test]
    fn bytes_keep_what_they_are() {
        assert_eq!(lossless(b"name"), "name");
        assert_eq!(lossless(&[0, 0x1b, 0xff]), "0x001BFF");
    }
}
