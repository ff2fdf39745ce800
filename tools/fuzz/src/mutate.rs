//! Damaged input: a seed, and what is done to it.

use proptest::prelude::*;
use proptest::sample::Index;

/// No input is longer.
pub(crate) const LONGEST: usize = 1 << 20;

/// What parsers stumble on.
const STUMBLES: &[&[u8]] = &[
    b"",
    b"\0",
    b"\n",
    b"\r\n",
    b"\n\n",
    b" ",
    b"\t",
    b":",
    b"=",
    b",",
    b";",
    b"|",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"</",
    b"&#x0;",
    b"-1",
    b"0",
    b"18446744073709551616",
    b"99999999999999999999999999999999999999",
    b"-9223372036854775808",
    b"1e400",
    b"0x",
    b"0xffffffffffffffff",
    b"99/99/9999",
    b"9999999999-99-99",
    b"\xff\xfe",
    b"\xc3",
    "ß\u{202e}\u{1f600}".as_bytes(),
];

/// A seed and the changes to it; kept as such so that a failing input can be made smaller.
#[derive(Debug, Clone)]
pub(crate) struct Damage {
    seed: Index,
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Cut(Index),
    Drop(Index, Index),
    Double(Index, Index, u8),
    DropLine(Index),
    DoubleLine(Index, u16),
    Flip(Index, u8),
    Insert(Index, Index),
    Replace(Index, Index, Index),
    Splice(Index, Index, Index),
    Bytes(Index, Vec<u8>),
}

pub(crate) fn damaged(seeds: &'static [&'static [u8]]) -> impl Strategy<Value = Damage> {
    // Seldom so often that the input becomes as long as it may.
    let times = prop_oneof![15 => 0_u16..64, 1 => any::<u16>()];
    let change = prop_oneof![
        any::<Index>().prop_map(Change::Cut),
        any::<(Index, Index)>().prop_map(|(a, b)| Change::Drop(a, b)),
        any::<(Index, Index, u8)>().prop_map(|(a, b, n)| Change::Double(a, b, n)),
        any::<Index>().prop_map(Change::DropLine),
        (any::<Index>(), times).prop_map(|(a, n)| Change::DoubleLine(a, n)),
        any::<(Index, u8)>().prop_map(|(a, b)| Change::Flip(a, b)),
        any::<(Index, Index)>().prop_map(|(a, b)| Change::Insert(a, b)),
        any::<(Index, Index, Index)>().prop_map(|(a, b, c)| Change::Replace(a, b, c)),
        any::<(Index, Index, Index)>().prop_map(|(a, b, c)| Change::Splice(a, b, c)),
        any::<(Index, Vec<u8>)>().prop_map(|(a, b)| Change::Bytes(a, b)),
    ];
    let least = usize::from(seeds.is_empty());
    (any::<Index>(), proptest::collection::vec(change, least..12)).prop_map(|(seed, changes)| Damage { seed, changes })
}

impl Damage {
    pub(crate) fn apply(&self, seeds: &[&[u8]]) -> Vec<u8> {
        let mut input = if seeds.is_empty() { Vec::new() } else { self.seed.get(seeds).to_vec() };
        for change in &self.changes {
            change.apply(&mut input, seeds);
            input.truncate(LONGEST);
        }
        input
    }
}

impl Change {
    fn apply(&self, input: &mut Vec<u8>, seeds: &[&[u8]]) {
        let place = |index: &Index, input: &[u8]| index.index(input.len() + 1);
        let range = |a: &Index, b: &Index, input: &[u8]| {
            let (a, b) = (place(a, input), place(b, input));
            a.min(b)..a.max(b)
        };
        match self {
            Self::Cut(at) => input.truncate(place(at, input)),
            Self::Drop(a, b) => drop(input.drain(range(a, b, input))),
            Self::Double(a, b, times) => {
                let range = range(a, b, input);
                let part = input.get(range.clone()).unwrap_or_default().to_vec();
                let room = (LONGEST - input.len()).checked_div(part.len()).unwrap_or(0);
                let more = part.repeat(usize::from(*times).min(room));
                input.splice(range.end..range.end, more);
            }
            Self::DropLine(at) => drop(input.drain(line(at, input))),
            Self::DoubleLine(at, times) => {
                let range = line(at, input);
                let part = input.get(range.clone()).unwrap_or_default().to_vec();
                let room = (LONGEST - input.len()).checked_div(part.len()).unwrap_or(0);
                let more = part.repeat(usize::from(*times).min(room));
                input.splice(range.end..range.end, more);
            }
            Self::Flip(at, bits) => {
                if let Some(byte) = at.index(input.len().max(1)).checked_sub(0).and_then(|at| input.get_mut(at)) {
                    *byte ^= bits;
                }
            }
            Self::Insert(at, what) => {
                let at = place(at, input);
                input.splice(at..at, what.get(STUMBLES).iter().copied());
            }
            Self::Replace(a, b, what) => {
                let range = range(a, b, input);
                let range = range.start..range.end.min(range.start + 16);
                input.splice(range, what.get(STUMBLES).iter().copied());
            }
            Self::Splice(seed, from, at) => {
                if !seeds.is_empty() {
                    let seed = seed.get(seeds);
                    let part = seed.get(place(from, seed)..).unwrap_or_default().to_vec();
                    let at = place(at, input);
                    input.splice(at..at, part);
                }
            }
            Self::Bytes(at, bytes) => {
                let at = place(at, input);
                input.splice(at..at, bytes.iter().copied());
            }
        }
    }
}

/// The line that a place is in, with its end.
fn line(at: &Index, input: &[u8]) -> std::ops::Range<usize> {
    let at = at.index(input.len() + 1);
    let (before, after) = input.split_at(at);
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let end = after.iter().position(|byte| *byte == b'\n').map_or(input.len(), |found| at + found + 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest! {
        #[test]
        fn inputs_stay_within_their_length(damage in damaged(&[b"one\ntwo\n", b"three"])) {
            prop_assert!(damage.apply(&[b"one\ntwo\n", b"three"]).len() <= LONGEST);
        }
    }
}
