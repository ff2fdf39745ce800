//! Names of objects: dotted decimal for people, numbers to compare, and bytes on the wire (X.690, 8.19).

use super::ber::Malformed;
use std::fmt::Write;

/// As long as a name may be (RFC 2578, 3.5).
const LONGEST: usize = 128;

/// `1.3.6.1.2.1.1.1.0`
pub(super) fn parse(text: &str) -> Option<Vec<u32>> {
    let arcs: Vec<u32> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let fits = match arcs.as_slice() {
        [] => false,
        [first] | [first @ ..=1, ..=39, ..] | [first @ 2, ..=0xffff_ffaf, ..] => *first <= 2,
        _ => false,
    };
    (fits && arcs.len() <= LONGEST).then_some(arcs)
}

/// Of one number alone it is the first name below it.
pub(super) fn encode(arcs: &[u32]) -> Vec<u8> {
    let (first, second) = (arcs.first().copied().unwrap_or(0), arcs.get(1).copied().unwrap_or(0));
    let mut out = Vec::with_capacity(arcs.len() + 4);
    put_arc(&mut out, first.saturating_mul(40).saturating_add(second));
    for arc in arcs.iter().skip(2) {
        put_arc(&mut out, *arc);
    }
    out
}

fn put_arc(out: &mut Vec<u8>, arc: u32) {
    for shift in [28, 21, 14, 7] {
        if arc >> shift != 0 {
            let [.., low] = (arc >> shift).to_be_bytes();
            out.push(low | 0x80);
        }
    }
    let [.., low] = arc.to_be_bytes();
    out.push(low & 0x7f);
}

/// The numbers of a name, in place of what was in `arcs`.
pub(super) fn decode_into(content: &[u8], arcs: &mut Vec<u32>) -> Result<(), Malformed> {
    arcs.clear();
    if content.is_empty() {
        // What some say for 0.0.
        arcs.extend([0, 0]);
        return Ok(());
    }
    each(content, |arc| {
        if arcs.is_empty() {
            arcs.extend(match arc {
                ..40 => [0, arc],
                40..80 => [1, arc - 40],
                _ => [2, arc - 80],
            });
        } else if arcs.len() < LONGEST {
            arcs.push(arc);
        } else {
            return Err(Malformed("a name of more than 128 numbers"));
        }
        Ok(())
    })
}

fn each(content: &[u8], mut take: impl FnMut(u32) -> Result<(), Malformed>) -> Result<(), Malformed> {
    let (mut arc, mut begun) = (0_u32, false);
    for byte in content {
        if !begun && *byte == 0x80 {
            return Err(Malformed("a name with zeros before a number"));
        }
        if arc >> 25 != 0 {
            return Err(Malformed("a name with a number of more than 32 bits"));
        }
        arc = (arc << 7) | u32::from(byte & 0x7f);
        begun = byte & 0x80 != 0;
        if !begun {
            take(arc)?;
            arc = 0;
        }
    }
    if begun { Err(Malformed("a name that ends within a number")) } else { Ok(()) }
}

pub(super) fn text(arcs: &[u32]) -> String {
    let mut text = String::with_capacity(arcs.len() * 3);
    for arc in arcs {
        let dot = if text.is_empty() { "" } else { "." };
        // A text takes whatever is written to it.
        let _ = write!(text, "{dot}{arc}");
    }
    text
}

/// `root` and the numbers behind it.
pub(super) fn text_below(root: &str, behind: &[u32]) -> String {
    let mut text = String::with_capacity(root.len() + behind.len() * 4);
    text.push_str(root);
    for arc in behind {
        let _ = write!(text, ".{arc}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(content: &[u8]) -> Result<String, Malformed> {
        let mut arcs = vec![9];
        decode_into(content, &mut arcs).map(|()| text(&arcs))
    }

    #[test]
    fn names_are_names() {
        assert_eq!(read(&[0x2b, 6, 1, 2, 1]), Ok("1.3.6.1.2.1".to_owned()));
        assert_eq!(read(&[0x2b, 0x8f, 0xff, 0xff, 0xff, 0x7f]), Ok(format!("1.3.{}", u32::MAX)));
        assert_eq!(read(&[]), Ok("0.0".to_owned()));
        assert!(read(&[0x2b, 0x90, 0x80, 0x80, 0x80, 0]).unwrap_err().0.contains("32 bits"));
        assert!(read(&[0x2b, 0x80, 1]).unwrap_err().0.contains("zeros"));
        assert!(read(&[0x2b, 0x81]).unwrap_err().0.contains("ends within"));
        assert!(read(&[1; 128]).unwrap_err().0.contains("128"));
        assert!(read(&[1; 127]).is_ok());
        for wrong in ["", ".", "1.", "3.1", "1.40", "0.99.1", "1.3.4294967296", "1.3.-1", "2.4294967295"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(encode(&parse("1").unwrap()), [40]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(second in 0..40_u32, rest in proptest::collection::vec(any::<u32>(), 0..126)) {
            let arcs: Vec<u32> = [1, second].into_iter().chain(rest).collect();
            let mut back = vec![];
            prop_assert_eq!(decode_into(&encode(&arcs), &mut back), Ok(()));
            prop_assert_eq!(parse(&text(&back)), Some(arcs.clone()));
            prop_assert_eq!(text_below("1", &arcs[1..]), text(&arcs));
        }
    }
}
