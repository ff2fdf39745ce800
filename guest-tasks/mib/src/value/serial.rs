//! Serial numbers: what identifies a device, so that nothing invented may pass for one.

use super::text;
use super::text::{decoded, is_printable};
use crate::Syntax;

/// A serial number: without what cannot be printed, runs of dots and blanks around it; none where it is only filled up with X.
pub fn serial(value: &Syntax) -> Option<String> {
    match value {
        Syntax::Octets(bytes) => serial_of_text(&decoded(bytes)),
        other => serial_of_text(&text(other)?),
    }
}

/// The same, of a text.
pub fn serial_of_text(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| is_printable(*c) && *c != '"').collect();
    let kept = kept.replace("..", "");
    let kept = kept.trim();
    let filler = kept.chars().all(|c| matches!(c, 'X' | 'x'));
    (!filler).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_what_identifies() {
        let of = |said: &[u8]| serial(&Syntax::Octets(said.to_vec()));
        assert_eq!(of(b"AB\x0012..34 ").as_deref(), Some("AB1234"));
        assert_eq!(of(b"XXXXXXXX"), None);
        assert_eq!(of(b" \"\" "), None);
        assert_eq!(serial(&Syntax::Integer(4711)).as_deref(), Some("4711"));
    }
}
