//! A screen's serial numbers, as people find them on its label.
//!
//! An EDID holds a number, and most makers add a text. For most the text is the serial number, and the number stands in
//! where there is none, as eight hexadecimal digits. Some makers split what the label says between the two, or write the
//! number in a notation of their own: those have rules here. The other form, where there is one, is kept beside it, since
//! a screen may be known by either.

use super::Edid;

/// Numbers that were never filled in.
const FILLERS: [u32; 3] = [0, 0x0101_0101, u32::MAX];

/// LG's tubes show the number itself, its flat screens the short form.
const LG_FLAT_SINCE: u16 = 2005;

/// The serial number of a screen, and its other form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serials {
    pub serial: String,
    pub other: Option<String>,
    /// False when many screens have the same: it tells nothing about which one this is.
    pub tells: bool,
}

impl Serials {
    pub fn of(edid: &Edid) -> Self {
        let maker = edid.maker.as_deref().unwrap_or_default();
        let number = Some(edid.number).filter(|number| !FILLERS.contains(number));
        let text = edid.serial.as_deref().filter(|text| text.bytes().any(|byte| byte != b'0'));
        let by_rule = match (text, number) {
            (Some(text), Some(number)) => split(maker, text, number),
            (None, Some(number)) => written(maker, number, edid.year),
            (_, None) => None,
        };
        let (serial, other) = match (by_rule, text) {
            (Some(pair), _) => pair,
            (None, Some(text)) => (text.to_owned(), None),
            (None, None) => (hexadecimal(edid.number), None),
        };
        Self { serial, other, tells: text.is_some() || number.is_some() }
    }
}

type Pair = (String, Option<String>);

/// The label's number lies in both, text and number.
fn split(maker: &str, text: &str, number: u32) -> Option<Pair> {
    let whole = match maker {
        // Twelve characters, with the number between the eighth and the ninth.
        "ACR" if text.len() == 12 => {
            let (model, place) = text.split_at_checked(8)?;
            format!("{model}{number:08x}{place}")
        }
        // Letters of the model, then the text.
        "BNQ" => format!("{}{text}", characters(&number.to_le_bytes())?),
        "SAM" => {
            let bytes = number.to_be_bytes();
            let whole = format!("{}{text}", characters(&bytes)?);
            // Two letters and the size in inches: a model, which older labels do not show before the number.
            if let [b'A'..=b'Z', b'A'..=b'Z', b'1'..=b'9', b'0'..=b'9'] = bytes {
                return Some((text.to_owned(), Some(whole)));
            }
            whole
        }
        _ => return None,
    };
    Some((whole, Some(text.to_owned())))
}

/// There is only the number.
fn written(maker: &str, number: u32, year: u16) -> Option<Pair> {
    match maker {
        "GSM" if year < LG_FLAT_SINCE => Some((hexadecimal(number), Some(short(number)))),
        "GSM" => Some((short(number), Some(hexadecimal(number)))),
        "PHL" => Some((format!("{number:06}"), Some(hexadecimal(number)))),
        "AIC" | "SAM" => Some((number.to_string(), None)),
        _ => None,
    }
}

fn hexadecimal(number: u32) -> String {
    format!("{number:08x}")
}

/// Letters and digits in a number's bytes, which zeros may fill up.
fn characters(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().rposition(|byte| *byte != 0)? + 1;
    let text = std::str::from_utf8(bytes.get(..end)?).ok()?;
    text.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(text)
}

/// Three decimal digits; before them the thousands, to the base of 34: digits and the letters without I and O.
fn short(number: u32) -> String {
    const DIGITS: &[u8; 34] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut thousands = number / 1000;
    let mut reversed = Vec::new();
    while thousands > 0 {
        let digit = usize::try_from(thousands % 34).ok().and_then(|digit| DIGITS.get(digit)).copied();
        reversed.push(char::from(digit.unwrap_or(b'0')));
        thousands /= 34;
    }
    let thousands: String = reversed.into_iter().rev().collect();
    format!("{thousands}{:03}", number % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(maker: &str, text: Option<&str>, number: u32) -> (String, Option<String>) {
        let (maker, serial) = (Some(maker.to_owned()), text.map(str::to_owned));
        let serials = Serials::of(&Edid { maker, serial, number, year: 2015, ..Edid::default() });
        (serials.serial, serials.other)
    }

    fn pair(serial: &str, other: &str) -> (String, Option<String>) {
        (serial.to_owned(), Some(other.to_owned()))
    }

    fn one(serial: &str) -> (String, Option<String>) {
        (serial.to_owned(), None)
    }

    #[test]
    fn the_text_else_the_number() {
        assert_eq!(of("DEL", Some("AB12"), 5), one("AB12"));
        assert_eq!(of("PHL", Some(" XX  000005"), 5), one(" XX  000005"));
        assert_eq!(of("DEL", None, 0xabc), one("00000abc"));
        assert_eq!(of("DEL", Some("000"), 0), one("00000000"));
        assert_eq!(of("GSM", None, 0x0101_0101), one("01010101"));
    }

    #[test]
    fn split_between_text_and_number() {
        assert_eq!(of("ACR", Some("ABCDEFGHIJKL"), 0x1234), pair("ABCDEFGH00001234IJKL", "ABCDEFGHIJKL"));
        assert_eq!(of("ACR", Some("ABCDEFG"), 0x1234), one("ABCDEFG"));
        assert_eq!(of("ACR", Some("\u{fffd}\u{fffd}\u{fffd}\u{fffd}"), 1), one("\u{fffd}\u{fffd}\u{fffd}\u{fffd}"));
        assert_eq!(of("BNQ", Some("X1"), u32::from_le_bytes(*b"QZ\0\0")), pair("QZX1", "X1"));
        assert_eq!(of("BNQ", Some("X1"), 7), one("X1"));
        assert_eq!(of("SAM", Some("HX1"), u32::from_be_bytes(*b"XY22")), pair("HX1", "XY22HX1"));
        assert_eq!(of("SAM", Some("HX1"), u32::from_be_bytes(*b"0XYZ")), pair("0XYZHX1", "HX1"));
        assert_eq!(of("SAM", Some("HX1"), 7), one("HX1"));
    }

    #[test]
    fn notations_of_the_number() {
        assert_eq!(of("PHL", None, 1234), pair("001234", "000004d2"));
        assert_eq!(of("SAM", None, 1234), one("1234"));
        assert_eq!(of("AIC", None, 1234), one("1234"));
        assert_eq!(of("GSM", None, 35_007), pair("11007", "000088bf"));
        assert_eq!(of("GSM", None, 33_999), pair("Z999", "000084cf"));
        assert_eq!(of("GSM", None, 18_000), pair("J000", "00004650"));
        assert_eq!(of("GSM", None, 5), pair("005", "00000005"));
    }

    #[test]
    fn what_tells_nothing() {
        let tells = |serial: Option<&str>, number| {
            Serials::of(&Edid { serial: serial.map(str::to_owned), number, ..Edid::default() }).tells
        };
        assert!(tells(Some("A"), 0) && tells(None, 7));
        assert!(!tells(None, 0) && !tells(Some("0"), 0x0101_0101));
    }
}
