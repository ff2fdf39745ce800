//! Stand-ins for what tells one machine, or one person, from another: the same shape, and the same one everywhere in a
//! snapshot, so that what belongs together still does.

use sha1::{Digest, Sha1};
use std::collections::BTreeMap;

/// Shorter texts stand in too many other words.
const SHORTEST: usize = 4;
/// The part of a hardware address that names its maker.
const MAKER: usize = "00:00:5e".len();

/// What is replaced by what, byte by byte; all of it at word boundaries.
#[derive(Debug, Default, Clone)]
pub struct Pseudonyms {
    /// By the first byte: texts with their stand-ins, longest first.
    by_first: BTreeMap<u8, Vec<Pair>>,
}

/// A text and its stand-in.
type Pair = (Vec<u8>, Vec<u8>);

impl Pseudonyms {
    /// Everything stays as it is.
    pub fn none() -> Self {
        Self::default()
    }

    /// Replaces these texts, in whatever case they are written. The stand-ins follow from `key`, which must be random and
    /// must not be kept: who has it can try values.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>, key: &[u8]) -> Self {
        let mut pairs: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for text in texts.into_iter().map(str::trim).filter(|text| text.len() >= SHORTEST && text.is_ascii()) {
            let stand_in = stand_in(text, key);
            if text.len() == 36
                && let (Some(from), Some(to)) = (uuid_bytes(text), uuid_bytes(&stand_in))
            {
                // As SMBIOS has it since 2.6, the first three parts turned round, and as it stands.
                pairs.insert(turned(&from), turned(&to));
                pairs.insert(from, to);
            }
            for write in [str::to_owned, str::to_ascii_lowercase, str::to_ascii_uppercase] {
                pairs.entry(write(text).into_bytes()).or_insert(write(&stand_in).into_bytes());
            }
        }
        let mut by_first: BTreeMap<u8, Vec<Pair>> = BTreeMap::new();
        for (from, to) in pairs {
            if let Some(first) = from.first() {
                by_first.entry(*first).or_default().push((from, to));
            }
        }
        by_first.values_mut().for_each(|list| list.sort_by_key(|(from, _)| std::cmp::Reverse(from.len())));
        Self { by_first }
    }

    /// Replaces these too, each by what stands beside it.
    #[must_use]
    pub fn and(mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        for (from, to) in pairs {
            if let Some(first) = from.bytes().next() {
                self.by_first.entry(first).or_default().push((from.into_bytes(), to.into_bytes()));
            }
        }
        self.by_first.values_mut().for_each(|list| list.sort_by_key(|(from, _)| std::cmp::Reverse(from.len())));
        self
    }

    pub fn is_empty(&self) -> bool {
        self.by_first.is_empty()
    }

    /// The same text with the stand-ins in it.
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    pub(crate) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        if self.is_empty() {
            return bytes.to_vec();
        }
        let mut out = Vec::with_capacity(bytes.len());
        let (mut rest, mut before) = (bytes, None);
        while let Some((first, after)) = rest.split_first() {
            let candidates = self.by_first.get(first).map(Vec::as_slice).unwrap_or_default();
            let found = candidates
                .iter()
                .find(|(from, _)| rest.starts_with(from) && ends_word(before, from, rest.get(from.len())));
            match found {
                Some((from, to)) => {
                    out.extend_from_slice(to);
                    before = from.last().copied();
                    rest = rest.get(from.len()..).unwrap_or_default();
                }
                None => {
                    out.push(*first);
                    before = Some(*first);
                    rest = after;
                }
            }
        }
        out
    }
}

/// Whether a text stands alone: what is before and after it is no part of its word. Bytes that are no text always do.
fn ends_word(before: Option<u8>, text: &[u8], after: Option<&u8>) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric();
    let joined = |outer: Option<u8>, inner: Option<&u8>| outer.is_some_and(word) && inner.copied().is_some_and(word);
    !text.iter().all(u8::is_ascii) || (!joined(before, text.first()) && !joined(after.copied(), text.last()))
}

/// Digits for digits, letters for letters; hexadecimal digits where there is nothing else.
fn stand_in(text: &str, key: &[u8]) -> String {
    let hexadecimal = text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '-'));
    let is_address = hexadecimal && text.len() == 17 && text.split(':').count() == 6;
    let mut random = Stream::new(text.to_ascii_lowercase().as_bytes(), key);
    let pick = |from: &'static [u8], number: u8| {
        char::from(from.get(usize::from(number) % from.len()).copied().unwrap_or(b'0'))
    };
    text.chars()
        .enumerate()
        .map(|(at, c)| match c {
            _ if is_address && at < MAKER => c,
            'a'..='z' if hexadecimal => pick(b"abcdef", random.next()),
            'A'..='Z' if hexadecimal => pick(b"ABCDEF", random.next()),
            '0'..='9' => pick(b"0123456789", random.next()),
            'a'..='z' => pick(b"abcdefghijklmnopqrstuvwxyz", random.next()),
            'A'..='Z' => pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", random.next()),
            other => other,
        })
        .collect()
}

fn uuid_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let pairs = (0..16).map(|at| u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok());
    pairs.collect::<Option<Vec<u8>>>().filter(|_| digits.len() == 32)
}

fn turned(uuid: &[u8]) -> Vec<u8> {
    let part = |from: usize, to: usize| uuid.get(from..to).unwrap_or_default().iter().rev().copied();
    part(0, 4).chain(part(4, 6)).chain(part(6, 8)).chain(uuid.get(8..).unwrap_or_default().iter().copied()).collect()
}

/// Numbers that follow from a text and a key.
struct Stream {
    seed: Vec<u8>,
    block: Vec<u8>,
    blocks: u32,
}

impl Stream {
    fn new(text: &[u8], key: &[u8]) -> Self {
        Self { seed: [key, b"\0", text].concat(), block: Vec::new(), blocks: 0 }
    }

    fn next(&mut self) -> u8 {
        if self.block.is_empty() {
            self.block = Sha1::digest([self.seed.as_slice(), &self.blocks.to_le_bytes()].concat()).to_vec();
            self.blocks += 1;
        }
        self.block.pop().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_stays_and_the_same_is_the_same() {
        let names = Pseudonyms::of(["PF-12Ab", "00:00:5e:00:53:1f", "abc", "maria"], b"key");
        let text = names.text("PF-12Ab, pf-12ab PF-12Abc maria marianne 00:00:5e:00:53:1f 00:00:5E:00:53:1F abc");
        let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        assert_eq!(words[0].to_ascii_lowercase(), words[1]);
        assert!(words[0] != "PF-12Ab" && words[0].as_bytes()[2] == b'-' && words[0].len() == 7, "{text}");
        assert_eq!((words[2], words[4], words[7]), ("PF-12Abc", "marianne", "abc"));
        assert!(words[3] != "maria" && words[5].starts_with("00:00:5e:") && words[5] != "00:00:5e:00:53:1f", "{text}");
        assert_eq!(words[6].to_ascii_lowercase(), words[5]);
        assert_ne!(names.text("maria"), Pseudonyms::of(["maria"], b"other").text("maria"));
    }

    #[test]
    fn a_uuid_is_found_as_bytes_too() {
        let uuid = "01020304-0506-0708-090a-0b0c0d0e0f10";
        let names = Pseudonyms::of([uuid], b"key");
        let table = [9, 4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16, 9];
        let other = uuid_bytes(&names.text(uuid)).unwrap();
        assert_eq!(names.bytes(&table)[1..17], turned(&other)[..]);
        assert_eq!(Pseudonyms::none().bytes(&table), table);
    }
}
