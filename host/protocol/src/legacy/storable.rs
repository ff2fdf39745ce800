//! `GLPI-Agent.dump`, `FusionInventory-Agent.dump`: a hash that Perl's Storable wrote, of which two texts are wanted.
//!
//! Read as far as a plain hash of scalars, hashes and lists goes; whatever else there may be (objects, code, hooks, tied
//! things) is refused, for it says what is to be run. The layout: "pst0", the major version with the order of bytes, the
//! minor version, for a native order the sizes of the writer's types, then one value after the other, each behind a byte
//! that says what it is.

/// The names under which servers know an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// `HOST-YYYY-MM-DD-hh-mm-ss`, at most 255 bytes, without control characters, spaces and slashes.
    pub deviceid: Option<String>,
    /// A UUID in lower case with its dashes.
    pub agentid: Option<String>,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorableError {
    #[error("{found} bytes, expected a file of {most} at most")]
    Size { found: usize, most: usize },
    #[error("not a file of Perl's Storable: it begins with neither \"pst0\" nor a version that is known (2)")]
    Kind,
    #[error("it was written on another kind of machine (sizes or order of bytes)")]
    Machine,
    #[error("it ends early, or says that something is longer than it is, at byte {at}")]
    Short { at: usize },
    #[error("a value of kind {kind} at byte {at}, expected texts, numbers, hashes and lists alone")]
    Value { kind: u8, at: usize },
    #[error("more than {most} values, or deeper than {deep}")]
    Many { most: usize, deep: usize },
    #[error("not a hash, expected one with the member deviceid")]
    NoHash,
    #[error("the {0} in it is none")]
    Member(&'static str),
}

const SIZE: usize = 1 << 20;
const MANY: usize = 10_000;
const DEEP: usize = 16;
/// The order of bytes in a 64-bit little-endian writer's head.
const ORDER: &[u8] = b"12345678";

/// Reads the names in an agent's state file.
pub fn identity(bytes: &[u8]) -> Result<Identity, StorableError> {
    if bytes.len() > SIZE {
        return Err(StorableError::Size { found: bytes.len(), most: SIZE });
    }
    let mut reader = Reader { bytes, at: 0, left: MANY, big_endian: false };
    reader.head()?;
    if !matches!(reader.byte()?, HASH | FLAG_HASH) {
        return Err(StorableError::NoHash);
    }
    reader.at -= 1;
    let mut found = Identity::default();
    reader.value(
        0,
        &mut Some(&mut |key: &[u8], value: &[u8]| {
            match key {
                b"deviceid" => found.deviceid = Some(device(value)?),
                b"agentid" => found.agentid = Some(agent(value)?),
                _ => {}
            }
            Ok(())
        }),
    )?;
    Ok(found)
}

fn device(value: &[u8]) -> Result<String, StorableError> {
    let text = std::str::from_utf8(value).ok().filter(|text| {
        let odd = |c: char| c.is_control() || c.is_whitespace() || c == '/' || c == '\\';
        !text.is_empty() && text.len() <= 255 && !text.starts_with('.') && !text.contains(odd)
    });
    text.map(str::to_owned).ok_or(StorableError::Member("deviceid"))
}

/// Sixteen bytes or the text of them. A generator of time-based ones (version 1) may have written its numbers in its
/// machine's order: the place of the version tells.
fn agent(value: &[u8]) -> Result<String, StorableError> {
    let wrong = StorableError::Member("agentid");
    if let Ok(mut raw) = <[u8; 16]>::try_from(value) {
        let [.., sixth, seventh, _, _, _, _, _, _, _, _] = raw;
        if sixth >> 4 != 1 && seventh >> 4 == 1 {
            let [a, b, c, d, e, f, g, h, rest @ ..] = raw;
            let [i, j, k, l, m, n, o, p] = rest;
            raw = [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p];
        }
        let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
        let parts = [hex.get(..8), hex.get(8..12), hex.get(12..16), hex.get(16..20), hex.get(20..)];
        return Ok(parts.map(Option::unwrap_or_default).join("-"));
    }
    let text = std::str::from_utf8(value).map_err(|_| wrong)?.to_ascii_lowercase();
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let is_uuid = lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if is_uuid { Ok(text) } else { Err(StorableError::Member("agentid")) }
}

// What a byte before a value says (Storable's format, version 2).
const LONG_TEXT: u8 = 1;
const LIST: u8 = 2;
const HASH: u8 = 3;
const REFERENCE: u8 = 4;
const UNDEFINED: u8 = 5;
const INTEGER: u8 = 6;
const DOUBLE: u8 = 7;
const SMALL: u8 = 8;
const NETWORK_INTEGER: u8 = 9;
const TEXT: u8 = 10;
const SHARED_UNDEFINED: u8 = 14;
const UTF8: u8 = 23;
const LONG_UTF8: u8 = 24;
const FLAG_HASH: u8 = 25;

type Wanted<'w> = Option<&'w mut dyn FnMut(&[u8], &[u8]) -> Result<(), StorableError>>;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    left: usize,
    big_endian: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], StorableError> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end)).ok_or(StorableError::Short { at: self.at })?;
        self.at += count;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, StorableError> {
        self.take(1)?.first().copied().ok_or(StorableError::Short { at: self.at })
    }

    fn length(&mut self) -> Result<usize, StorableError> {
        let at = self.at;
        let raw = <[u8; 4]>::try_from(self.take(4)?).map_err(|_| StorableError::Short { at })?;
        let length = if self.big_endian { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) };
        usize::try_from(length).map_err(|_| StorableError::Short { at })
    }

    fn head(&mut self) -> Result<(), StorableError> {
        if self.take(4).map_err(|_| StorableError::Kind)? != b"pst0" {
            return Err(StorableError::Kind);
        }
        let version = self.byte()?;
        if version >> 1 != 2 {
            return Err(StorableError::Kind);
        }
        self.big_endian = version & 1 == 1;
        self.byte()?;
        if !self.big_endian {
            let length = usize::from(self.byte()?);
            let order = self.take(length)?;
            // Of int, long, pointer, double.
            if order != ORDER || self.take(4)? != [4, 8, 8, 8] {
                return Err(StorableError::Machine);
            }
        }
        Ok(())
    }

    /// Reads one value; the bytes of it, when it is a text. The members of the outermost hash are `wanted`.
    fn value(&mut self, depth: usize, wanted: &mut Wanted<'_>) -> Result<Option<&'a [u8]>, StorableError> {
        self.left =
            self.left.checked_sub(1).filter(|_| depth < DEEP).ok_or(StorableError::Many { most: MANY, deep: DEEP })?;
        let at = self.at;
        let kind = self.byte()?;
        let below = depth + 1;
        match kind {
            UNDEFINED | SHARED_UNDEFINED => {}
            SMALL => drop(self.byte()?),
            NETWORK_INTEGER => drop(self.take(4)?),
            INTEGER | DOUBLE => drop(self.take(8)?),
            TEXT | UTF8 => {
                let length = usize::from(self.byte()?);
                return self.take(length).map(Some);
            }
            LONG_TEXT | LONG_UTF8 => {
                let length = self.length()?;
                return self.take(length).map(Some);
            }
            REFERENCE => drop(self.value(below, &mut None)?),
            LIST => {
                for _ in 0..self.length()? {
                    self.value(below, &mut None)?;
                }
            }
            HASH | FLAG_HASH => {
                if kind == FLAG_HASH {
                    self.byte()?;
                }
                for _ in 0..self.length()? {
                    let value = self.value(below, &mut None)?;
                    if kind == FLAG_HASH {
                        self.byte()?;
                    }
                    let length = self.length()?;
                    let key = self.take(length)?;
                    if let (Some(wanted), Some(value)) = (wanted.as_mut(), value) {
                        wanted(key, value)?;
                    }
                }
            }
            kind => return Err(StorableError::Value { kind, at }),
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"pst0\x04\x0b\x0812345678\x04\x08\x08\x08";

    fn text(value: &[u8]) -> Vec<u8> {
        [&[TEXT, u8::try_from(value.len()).unwrap()], value].concat()
    }

    fn hash(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut out = vec![HASH];
        out.extend(u32::try_from(members.len()).unwrap().to_le_bytes());
        for (key, value) in members {
            out.extend(value);
            out.extend(u32::try_from(key.len()).unwrap().to_le_bytes());
            out.extend(key.as_bytes());
        }
        out
    }

    fn file(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
        [HEAD, &hash(members)].concat()
    }

    const UUID: [u8; 16] = [0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0x11, 0xef, 0x80, 0, 1, 2, 3, 4, 5, 6];

    #[test]
    fn both_names_are_found_among_other_things() {
        let bytes = file(&[
            ("forcerun", vec![SMALL, 129]),
            ("deviceid", text(b"web-01-2024-05-06-07-08-09")),
            ("other", [&[REFERENCE][..], &hash(&[("deviceid", text(b"not/this one"))])].concat()),
            ("list", vec![REFERENCE, LIST, 2, 0, 0, 0, UNDEFINED, INTEGER, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("agentid", text(&UUID)),
        ]);
        let found = identity(&bytes).unwrap();
        assert_eq!(found.deviceid.as_deref(), Some("web-01-2024-05-06-07-08-09"));
        assert_eq!(found.agentid.as_deref(), Some("67452301-ab89-11ef-8000-010203040506"));
    }

    #[test]
    fn a_uuid_in_a_machines_order_or_as_a_text_is_the_same() {
        let native = [1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xef, 0x11, 0x80, 0, 1, 2, 3, 4, 5, 6];
        assert_eq!(agent(&native), agent(&UUID));
        assert_eq!(agent(b"67452301-AB89-11EF-8000-010203040506"), agent(&UUID));
        assert_eq!(agent(b"67452301-AB89-11EF-8000-01020304050x"), Err(StorableError::Member("agentid")));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for odd in [&b"../../etc/passwd"[..], b"a b", b"", b"a\nb", b"\xff"] {
            assert_eq!(identity(&file(&[("deviceid", text(odd))])), Err(StorableError::Member("deviceid")), "{odd:?}");
        }
    }

    #[test]
    fn what_would_be_run_is_refused() {
        // 17: an object; 19: one with a hook; 26: code.
        for kind in [0, 17, 19, 26] {
            let bytes = file(&[("deviceid", vec![kind, 1, 0, 0, 0])]);
            assert!(matches!(identity(&bytes), Err(StorableError::Value { kind: k, at: 24 }) if k == kind), "{kind}");
        }
    }

    #[test]
    fn lies_about_lengths_end_early() {
        let whole = file(&[("deviceid", text(b"web-01"))]);
        for end in 0..whole.len() {
            assert!(identity(&whole[..end]).is_err(), "{end}");
        }
        let endless = [HEAD, &[HASH, 255, 255, 255, 255], &[UNDEFINED, 0, 0, 0, 0].repeat(20_000)].concat();
        assert_eq!(identity(&endless), Err(StorableError::Many { most: MANY, deep: DEEP }));
        let deep = [HEAD, &[HASH, 1, 0, 0, 0], &[REFERENCE].repeat(1000)].concat();
        assert_eq!(identity(&deep), Err(StorableError::Many { most: MANY, deep: DEEP }));
        assert_eq!(identity(b"pst0\x05\x0b\x02"), Err(StorableError::NoHash));
        assert_eq!(identity(b"PK\x03\x04"), Err(StorableError::Kind));
    }
}
