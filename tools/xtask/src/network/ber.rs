//! As much of BER as a responder and a bare scanner need (RFC 3416, RFC 1901). Both ends are this program or one that is
//! measured with it: what is odd is dropped.

pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const GET: u8 = 0xa0;
pub(super) const GET_NEXT: u8 = 0xa1;
pub(super) const RESPONSE: u8 = 0xa2;
pub(super) const GET_BULK: u8 = 0xa5;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const END_OF_VIEW: u8 = 0x82;
pub(super) const NO_INSTANCE: u8 = 0x81;

/// A tag, its length, its content.
pub(super) fn put(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    let length = content.len();
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
            let used = bytes.iter().skip_while(|byte| **byte == 0);
            out.push(0x80 | u8::try_from(used.clone().count()).unwrap_or(4));
            out.extend(used);
        }
    }
    out.extend_from_slice(content);
}

/// Two's complement, as short as it can be.
pub(super) fn integer(out: &mut Vec<u8>, tag: u8, number: i128) {
    let bytes = number.to_be_bytes();
    let mut used: &[u8] = &bytes;
    while let Some((first, rest)) = used.split_first()
        && let Some(next) = rest.first()
        && ((*first == 0 && next & 0x80 == 0) || (*first == 0xff && next & 0x80 != 0))
    {
        used = rest;
    }
    put(out, tag, used);
}

pub(super) fn name(oid: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    let (first, rest) = match oid {
        [a, b, rest @ ..] => (a * 40 + b, rest),
        [a] => (a * 40, [].as_slice()),
        [] => (0, [].as_slice()),
    };
    for number in std::iter::once(&first).chain(rest) {
        for shift in [28, 21, 14, 7] {
            if number >> shift != 0 {
                out.push(0x80 | u8::try_from((number >> shift) & 0x7f).unwrap_or(0));
            }
        }
        out.push(u8::try_from(number & 0x7f).unwrap_or(0));
    }
    out
}

/// The numbers of a name.
pub(super) fn numbers(bytes: &[u8]) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    let mut number: u32 = 0;
    for byte in bytes {
        number = number.checked_shl(7)? | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            match all.is_empty() {
                true => all.extend([(number / 40).min(2), number - (number / 40).min(2) * 40]),
                false => all.push(number),
            }
            number = 0;
        }
    }
    Some(all)
}

/// Reads one value after the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let mut length = usize::from(*first);
        if length >= 0x80 {
            let (bytes, after) = rest.split_at_checked(length & 0x7f)?;
            length = bytes.iter().fold(0, |sum: usize, byte| sum.wrapping_shl(8) | usize::from(*byte));
            rest = after;
        }
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    pub(super) fn number(&mut self) -> Option<i64> {
        let (_, bytes) = self.next()?;
        let start = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
        Some(bytes.iter().fold(start, |sum: i64, byte| sum.wrapping_shl(8) | i64::from(*byte)))
    }
}

/// A request or an answer, taken apart.
pub(super) struct Message<'a> {
    pub(super) version: i64,
    pub(super) community: &'a [u8],
    pub(super) kind: u8,
    pub(super) id: i64,
    /// The status; of GETBULK, how many names are asked for once.
    pub(super) first: i64,
    /// The index; of GETBULK, how often the others are repeated.
    pub(super) second: i64,
    pub(super) binds: Reader<'a>,
}

impl<'a> Message<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut message = Reader(Reader(bytes).next()?.1);
        let version = message.number()?;
        let community = message.next()?.1;
        let (kind, content) = message.next()?;
        let mut pdu = Reader(content);
        let (id, first, second) = (pdu.number()?, pdu.number()?, pdu.number()?);
        Some(Self { version, community, kind, id, first, second, binds: Reader(pdu.next()?.1) })
    }

    /// The same message, of another kind and with other content.
    pub(super) fn with(&self, kind: u8, first: i64, second: i64, binds: &[u8]) -> Vec<u8> {
        let mut pdu = Vec::with_capacity(binds.len() + 32);
        for number in [self.id, first, second] {
            integer(&mut pdu, 0x02, number.into());
        }
        put(&mut pdu, SEQUENCE, binds);
        let mut message = Vec::with_capacity(pdu.len() + 32);
        integer(&mut message, 0x02, self.version.into());
        put(&mut message, OCTETS, self.community);
        put(&mut message, kind, &pdu);
        let mut out = Vec::with_capacity(message.len() + 8);
        put(&mut out, SEQUENCE, &message);
        out
    }

    pub(super) fn question(kind: u8, id: i64, repeats: i64, names: &[Vec<u8>]) -> Vec<u8> {
        Self::question_as("public", kind, id, repeats, names)
    }

    pub(super) fn question_as(community: &str, kind: u8, id: i64, repeats: i64, names: &[Vec<u8>]) -> Vec<u8> {
        let community = community.as_bytes();
        let mut binds = Vec::new();
        for name in names {
            put(&mut binds, SEQUENCE, &bind(name, NULL, &[]));
        }
        let empty = Message { version: 1, community, kind, id, first: 0, second: 0, binds: Reader(&[]) };
        empty.with(kind, 0, repeats, &binds)
    }
}

/// A name and a value, without what is around both.
pub(super) fn bind(name: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    let mut bind = Vec::new();
    put(&mut bind, OID, name);
    put(&mut bind, tag, value);
    bind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_comes_back_as_it_was() {
        let name = [1, 3, 6, 1, 4, 1, 99_999, 4_294_967_295, 0, 128];
        let bytes = Message::question(GET_BULK, 70_000, 25, &[super::name(&name)]);
        let message = Message::read(&bytes).unwrap();
        assert_eq!((message.kind, message.id, message.second), (GET_BULK, 70_000, 25));
        let mut binds = message.binds;
        let mut bind = Reader(binds.next().unwrap().1);
        assert_eq!(numbers(bind.next().unwrap().1).unwrap(), name);
        for number in [0, 127, 128, -1, -128, -129, 1 << 33] {
            let mut out = Vec::new();
            integer(&mut out, 0x02, number);
            assert_eq!(Reader(&out).number().map(i128::from), Some(number));
        }
    }
}
