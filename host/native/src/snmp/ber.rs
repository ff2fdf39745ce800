//! The forms of BER (X.690) that SNMP uses (RFC 3417, 8). Refused: lengths that are not said, tags of several bytes, and
//! whatever reaches beyond its end. Nothing is nested deeper than SNMP nests it, so nothing here calls itself.

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// Reads one value after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.0.split_first().ok_or(Malformed("it ends within a value"))?;
        self.0 = rest;
        Ok(*first)
    }

    /// A tag and what it stands before.
    pub(super) fn any(&mut self) -> Result<(u8, &'a [u8]), Malformed> {
        let tag = self.byte()?;
        if tag & 0x1f == 0x1f {
            return Err(Malformed("a tag of several bytes"));
        }
        let length = match self.byte()? {
            short @ ..0x80 => usize::from(short),
            0x80 => return Err(Malformed("a length that is not said")),
            long @ 0x81..=0x84 => {
                let mut length = 0_usize;
                for _ in 0..long & 0x7f {
                    length = (length << 8) | usize::from(self.byte()?);
                }
                length
            }
            _ => return Err(Malformed("a length of more than four bytes")),
        };
        let (content, rest) = self.0.split_at_checked(length).ok_or(Malformed("a length beyond the end"))?;
        self.0 = rest;
        Ok((tag, content))
    }

    pub(super) fn expect(&mut self, tag: u8, otherwise: &'static str) -> Result<&'a [u8], Malformed> {
        match self.any()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(Malformed(otherwise)),
        }
    }

    pub(super) fn sequence(&mut self) -> Result<Self, Malformed> {
        self.expect(SEQUENCE, "no sequence where one should be").map(Self)
    }

    pub(super) fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        self.expect(OCTETS, "no octets where some should be")
    }

    pub(super) fn integer(&mut self) -> Result<i64, Malformed> {
        let content = self.expect(INTEGER, "no number where one should be")?;
        signed(content).ok_or(Malformed("a number of more than eight bytes"))
    }
}

/// A whole number of at most eight bytes.
pub(super) fn signed(content: &[u8]) -> Option<i64> {
    let first = *content.first().filter(|_| content.len() <= 8)?;
    let start = if first & 0x80 == 0 { 0 } else { -1 };
    Some(content.iter().fold(start, |number, byte| (number << 8) | i64::from(*byte)))
}

/// A number without a sign; zeros before it say nothing.
pub(super) fn unsigned(content: &[u8]) -> Option<u64> {
    let zeros = content.iter().take_while(|byte| **byte == 0).count();
    let rest = content.get(zeros..).filter(|rest| !content.is_empty() && rest.len() <= 8)?;
    Some(rest.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

/// A length in as few bytes as it takes.
fn length(length: usize) -> impl Iterator<Item = u8> {
    let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let (bytes, used) = match length {
        ..0x80 => ([d, 0, 0, 0, 0], 1),
        0x80..0x100 => ([0x81, d, 0, 0, 0], 2),
        0x100..0x1_0000 => ([0x82, c, d, 0, 0], 3),
        _ => ([0x84, a, b, c, d], 5),
    };
    bytes.into_iter().take(used)
}

pub(super) fn put(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    out.extend(length(content.len()));
    out.extend_from_slice(content);
}

pub(super) fn put_integer(out: &mut Vec<u8>, number: i64) {
    let bytes = number.to_be_bytes();
    let repeats =
        |pair: &&[u8]| matches!(pair, [0, next] if *next < 0x80) || matches!(pair, [0xff, next] if *next >= 0x80);
    let spare = bytes.windows(2).take_while(repeats).count();
    put(out, INTEGER, bytes.get(spare..).unwrap_or(&bytes));
}

/// What `write` writes, with its tag and length before it.
pub(super) fn put_nested(out: &mut Vec<u8>, tag: u8, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(tag);
    let start = out.len();
    write(out);
    let written = out.len() - start;
    out.splice(start..start, length(written));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_believed_only_as_far_as_there_is_something() {
        for (bytes, why) in [
            (&[0x30, 0x80, 0, 0][..], "not said"),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], "beyond"),
            (&[0x30, 0x85, 0, 0, 0, 0, 1, 0], "four bytes"),
            (&[0x30, 0xff, 0], "four bytes"),
            (&[0x30, 0x03, 0, 0], "beyond"),
            (&[0x1f, 0x01, 0], "several bytes"),
            (&[0x30], "ends within"),
            (&[0x30, 0x82, 1], "ends within"),
            (&[], "ends within"),
        ] {
            let found = Reader::new(bytes).any().unwrap_err();
            assert!(found.0.contains(why), "{bytes:x?}: {found:?}");
        }
        assert_eq!(Reader::new(&[4, 0x84, 0, 0, 0, 1, 7]).any(), Ok((4, &[7][..])));
    }

    #[test]
    fn numbers_are_not_longer_than_numbers_are() {
        assert_eq!((signed(&[0xff]), signed(&[0, 0xff]), signed(&[])), (Some(-1), Some(255), None));
        assert_eq!((signed(&[1; 8]).is_some(), signed(&[1; 9])), (true, None));
        assert_eq!(unsigned(&[0, 0xff, 0xff, 0xff, 0xff]), Some(u64::from(u32::MAX)));
        assert_eq!(unsigned(&[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Some(u64::MAX));
        assert_eq!((unsigned(&[1; 9]), unsigned(&[]), unsigned(&[0])), (None, None, Some(0)));
        assert_eq!((signed(&[7; 1000]), unsigned(&[7; 1000])), (None, None));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number: i64, octets in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let mut out = vec![];
            put_nested(&mut out, SEQUENCE, |out| {
                put_integer(out, number);
                put(out, OCTETS, &octets);
            });
            let mut outer = Reader::new(&out);
            let mut inner = outer.sequence().unwrap();
            prop_assert!(outer.is_empty());
            prop_assert_eq!(inner.integer(), Ok(number));
            prop_assert_eq!(inner.octets(), Ok(&octets[..]));
            prop_assert!(inner.is_empty());
        }
    }
}
