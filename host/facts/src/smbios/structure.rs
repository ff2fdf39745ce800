//! The walk over a table: structures one after another, each a header, formatted bytes and its texts (DSP0134 6.1).

use super::meaningful;

/// More than the largest servers have; a table beyond that is damaged or hostile.
const MOST_STRUCTURES: usize = 16_384;
const LARGEST_TABLE: usize = 4 << 20;
/// Texts are names of things: what is longer is cut there.
const LONGEST_TEXT: usize = 1024;
const END_OF_TABLE: u8 = 127;

/// A decoded table: where each structure is.
#[derive(Debug)]
pub(crate) struct Tables {
    bytes: Vec<u8>,
    version: (u8, u8),
    places: Vec<Place>,
    damage: Option<&'static str>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    texts: usize,
    end: usize,
}

/// One structure. Offsets are those of the standard's tables, the header included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Structure<'a> {
    data: &'a [u8],
    texts: &'a [u8],
}

impl Tables {
    /// Decodes a table. The entry point says which version of the standard it follows; without one it is a recent one.
    pub(crate) fn decode(entry_point: &[u8], bytes: Vec<u8>) -> Self {
        let mut tables =
            Self { bytes, version: version(entry_point).unwrap_or((3, 0)), places: Vec::new(), damage: None };
        if tables.bytes.len() > LARGEST_TABLE {
            tables.bytes.truncate(LARGEST_TABLE);
            tables.damage = Some("the SMBIOS table is too large, only its beginning is read");
        }
        if let Err(damage) = tables.walk() {
            tables.damage = Some(damage);
        }
        tables
    }

    fn walk(&mut self) -> Result<(), &'static str> {
        let mut start = 0_usize;
        while let Some(&[kind, length, ..]) = self.bytes.get(start..start.saturating_add(4)) {
            if self.places.len() == MOST_STRUCTURES {
                return Err("the SMBIOS table has too many structures, the later ones are left out");
            }
            let texts = start + usize::from(length);
            let Some(rest) = self.bytes.get(texts..).filter(|_| length >= 4) else {
                return Err("the SMBIOS table is damaged, what follows the damage is left out");
            };
            // The texts end with an empty one; where there is none, two zero bytes stand for them.
            let end = rest.windows(2).position(|pair| pair == [0, 0]);
            self.places.push(Place { start, texts, end: texts + end.unwrap_or(rest.len()) });
            if kind == END_OF_TABLE {
                return Ok(());
            }
            let Some(end) = end else { return Err("the SMBIOS table ends within a structure") };
            start = texts + end + 2;
        }
        Ok(())
    }

    /// The version of the standard: major, minor.
    pub(crate) fn version(&self) -> (u8, u8) {
        self.version
    }

    /// What is wrong with the table, in words.
    pub(crate) fn damage(&self) -> Option<&'static str> {
        self.damage
    }

    /// The structures in the order of the table.
    pub(crate) fn structures(&self) -> impl Iterator<Item = Structure<'_>> {
        self.places.iter().filter_map(|place| {
            Some(Structure {
                data: self.bytes.get(place.start..place.texts)?,
                texts: self.bytes.get(place.texts..place.end)?,
            })
        })
    }

    /// The structures of a type.
    pub(crate) fn all(&self, kind: u8) -> impl Iterator<Item = Structure<'_>> {
        self.structures().filter(move |structure| structure.kind() == Some(kind))
    }

    /// The first structure of a type: the one that counts where the standard has one.
    pub(crate) fn first(&self, kind: u8) -> Option<Structure<'_>> {
        self.all(kind).next()
    }
}

impl<'a> Structure<'a> {
    pub(crate) fn kind(&self) -> Option<u8> {
        self.byte(0)
    }

    /// Whether one of its texts is this one.
    pub(crate) fn says(&self, text: &str) -> bool {
        let texts = self.texts.split(|byte| *byte == 0);
        texts.into_iter().any(|known| known.trim_ascii().eq_ignore_ascii_case(text.as_bytes()))
    }

    pub(crate) fn handle(&self) -> Option<u16> {
        self.word(2)
    }

    pub(crate) fn byte(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    pub(crate) fn word(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(crate) fn dword(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// Some bytes as they are.
    pub(crate) fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.data.get(at..)?.first_chunk().copied()
    }

    /// The text whose number is at an offset; none where there is none, or one that says nothing.
    pub(crate) fn text(&self, at: usize) -> Option<String> {
        let number = usize::from(self.byte(at)?).checked_sub(1)?;
        let bytes = self.texts.split(|byte| *byte == 0).nth(number)?;
        let bytes = bytes.get(..LONGEST_TEXT).unwrap_or(bytes);
        meaningful(&String::from_utf8_lossy(bytes))
    }
}

/// The version in an entry point: 64-bit, 32-bit, or the one from before there was a standard (DSP0134 5.2).
fn version(entry_point: &[u8]) -> Option<(u8, u8)> {
    if entry_point.starts_with(b"_SM3_") {
        return Some((*entry_point.get(7)?, *entry_point.get(8)?));
    }
    if entry_point.starts_with(b"_SM_") {
        // Versions that never were: firmware wrote the decimal digits as it understood them.
        return Some(match (*entry_point.get(6)?, *entry_point.get(7)?) {
            (2, 31 | 33) => (2, 3),
            (2, 51) => (2, 6),
            other => other,
        });
    }
    let revision = *entry_point.get(14).filter(|_| entry_point.starts_with(b"_DMI_"))?;
    Some((revision >> 4, revision & 15))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;
    use super::*;

    #[test]
    fn texts_are_found_by_number_and_no_further() {
        let tables = Tables::decode(b"", Builder::new().add(200, &[1, 2, 3, 0], &["one", " two "]).end());
        let structure = tables.first(200).unwrap();
        assert_eq!(structure.text(4).as_deref(), Some("one"));
        assert_eq!(structure.text(5).as_deref(), Some("two"));
        assert_eq!((structure.text(6), structure.text(7), structure.text(8)), (None, None, None));
        assert_eq!((structure.word(6), structure.word(7)), (Some(3), None));
    }

    #[test]
    fn damage_is_said_and_what_comes_before_is_kept() {
        let whole = Builder::new().add(1, &[1], &["maker"]).add(200, &[], &[]).end();
        let mut short = whole.clone();
        let at = short.iter().position(|b| *b == 200).unwrap();
        short[at + 1] = 3;
        let tables = Tables::decode(b"", short);
        assert!(tables.damage().is_some());
        assert_eq!(tables.first(1).unwrap().text(4).as_deref(), Some("maker"));
        assert!(tables.first(200).is_none());
        assert_eq!(Tables::decode(b"", whole).damage(), None);
    }

    #[test]
    fn versions_of_all_entry_points() {
        assert_eq!(version(b"_SM3_\0\0\x03\x05\0"), Some((3, 5)));
        assert_eq!(version(b"_SM_\0\0\x02\x08"), Some((2, 8)));
        assert_eq!(version(b"_SM_\0\0\x02\x1f"), Some((2, 3)));
        assert_eq!(version(b"_DMI_\0\0\0\0\0\0\0\0\0\x24"), Some((2, 4)));
        assert_eq!(version(b"_DMI_\0"), None);
    }
}
