//! What a screen says about itself: EDID, the 128 bytes that every screen holds ready for the computer.
//!
//! Only the base block is decoded; extension blocks (video modes, sound) are counted and left alone. The bytes come
//! from whatever is plugged in: what is short, has no header or another version is refused. One whose checksum is wrong is
//! decoded, and says so: there are screens that left the factory like that.
//!
//! Format: VESA E-EDID Standard, release A.2 (EDID 1.4), sections 3.3, 3.4, 3.10 and 3.11; earlier 1.x are laid out alike.

mod base64;
mod makers;
mod serial;

pub(crate) use base64::base64;
pub use makers::Makers;
pub use serial::Serials;

use airlock_model::Row;
use std::fmt::Write;

const BLOCK: usize = 128;

/// A base block and as many extensions as its count can say.
const LARGEST: usize = BLOCK * 256;

const HEADER: [u8; 8] = [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];

/// Four descriptors of 18 bytes; those that begin with zeros hold a tag and, from byte 5 on, its data.
const DESCRIPTORS: usize = 54;
const DESCRIPTOR: usize = 18;

const TAG_NAME: u8 = 0xfc;
const TAG_SERIAL: u8 = 0xff;
const TAG_TEXT: u8 = 0xfe;

/// In place of the week: the year is that of the model.
const MODEL_YEAR: u8 = 0xff;

/// Why bytes are no EDID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("shorter than {BLOCK} bytes")]
    Short,
    #[error("longer than {LARGEST} bytes")]
    Long,
    #[error("no header")]
    Header,
    #[error("version {0}, known is 1")]
    Version(u8),
}

/// One screen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Edid {
    /// The maker's three letters, unless the bytes are no letters.
    pub(crate) maker: Option<String>,
    pub(crate) product: u16,
    pub(crate) number: u32,
    pub(crate) week: u8,
    pub(crate) year: u16,
    pub(crate) names: Vec<String>,
    pub(crate) serial: Option<String>,
    pub(crate) texts: Vec<String>,
    /// Extension blocks: as many as the base block speaks of, and as many as are there.
    pub(crate) extensions: (u8, usize),
    /// Whether the checksum of the base block is right.
    pub intact: bool,
}

impl Edid {
    /// Decodes what a screen gave.
    pub fn of(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > LARGEST {
            return Err(Refused::Long);
        }
        let (block, rest) = bytes.split_first_chunk::<BLOCK>().ok_or(Refused::Short)?;
        let (header, fields) = block.split_first_chunk::<8>().ok_or(Refused::Short)?;
        if *header != HEADER {
            return Err(Refused::Header);
        }
        let [m1, m2, p1, p2, n1, n2, n3, n4, week, year, version, ..] = fields else { return Err(Refused::Short) };
        if *version != 1 {
            return Err(Refused::Version(*version));
        }
        let [.., count, _] = fields else { return Err(Refused::Short) };
        let mut edid = Self {
            maker: letters(u16::from_be_bytes([*m1, *m2])),
            product: u16::from_le_bytes([*p1, *p2]),
            number: u32::from_le_bytes([*n1, *n2, *n3, *n4]),
            week: *week,
            year: 1990 + u16::from(*year),
            extensions: (*count, rest.len() / BLOCK),
            intact: block.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) == 0,
            ..Self::default()
        };
        for descriptor in block.get(DESCRIPTORS..).unwrap_or_default().chunks_exact(DESCRIPTOR).take(4) {
            edid.descriptor(descriptor);
        }
        Ok(edid)
    }

    fn descriptor(&mut self, descriptor: &[u8]) {
        let [0, 0, 0, tag, _, data @ ..] = descriptor else { return };
        let text = text(data);
        match *tag {
            // An empty one counts behind another: it is the rest of a name in two parts.
            TAG_NAME if !text.is_empty() || !self.names.is_empty() => self.names.push(text),
            _ if text.is_empty() => {}
            TAG_SERIAL if self.serial.is_none() => self.serial = Some(text),
            TAG_TEXT => self.texts.push(text),
            _ => {}
        }
    }

    /// The model's name, its parts joined by spaces. Built-in panels have none: what their maker wrote into texts takes its
    /// place.
    pub fn name(&self) -> Option<String> {
        let parts = if self.names.is_empty() { &self.texts } else { &self.names };
        let all = parts.join(" ");
        // Behind a byte that is no text nothing is believed.
        let name = all.split(|c: char| !matches!(c, ' '..='~')).next()?;
        (!name.trim().is_empty()).then(|| name.to_owned())
    }

    /// `week/year`; the year alone when it is the model's. Week 0 is one that the maker did not tell.
    pub fn made(&self) -> String {
        let mut made = String::new();
        if self.week != MODEL_YEAR {
            let _ = write!(made, "{}/", self.week);
        }
        let _ = write!(made, "{}", self.year);
        made
    }

    /// The row of a screen, but for the EDID itself and the connector.
    pub fn row(&self, makers: &Makers<'_>) -> Row {
        let serials = Serials::of(self);
        let mut row = Row::new();
        row.maybe("caption", self.name())
            .set("description", self.made())
            .maybe("manufacturer", self.maker.as_deref().map(|letters| makers.name(letters)))
            .set("serial", serials.serial)
            .maybe("altserial", serials.other);
        row
    }
}

/// Three letters of five bits each, `A` is 1.
fn letters(packed: u16) -> Option<String> {
    let letter = |shift: u16| {
        let number = u8::try_from((packed >> shift) & 0x1f).ok().filter(|number| (1..=26).contains(number))?;
        Some(char::from(b'A' + number - 1))
    };
    Some([letter(10)?, letter(5)?, letter(0)?].iter().collect())
}

/// A text ends with a line feed and is filled up with spaces; some makers fill up with zeros. Spaces at the beginning are
/// the maker's.
fn text(data: &[u8]) -> String {
    let end = data.iter().position(|byte| matches!(byte, b'\n' | 0)).unwrap_or(data.len());
    let text = data.get(..end).unwrap_or_default().trim_ascii_end();
    // Texts are ASCII or code page 437: what is neither is kept as a mark, one for a byte.
    text.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER }).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A block with a correct checksum: maker, product, number, week, year, descriptors.
    pub(crate) fn block(maker: &str, number: u32, made: (u8, u16), descriptors: &[(u8, &[u8])]) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..8].copy_from_slice(&HEADER);
        let packed = maker.bytes().fold(0u16, |sum, letter| (sum << 5) | u16::from(letter - b'A' + 1));
        block[8..10].copy_from_slice(&packed.to_be_bytes());
        block[10..12].copy_from_slice(&0x1234u16.to_le_bytes());
        block[12..16].copy_from_slice(&number.to_le_bytes());
        block[16] = made.0;
        block[17] = u8::try_from(made.1 - 1990).unwrap();
        block[18..20].copy_from_slice(&[1, 4]);
        for (at, (tag, text)) in descriptors.iter().enumerate() {
            let at = DESCRIPTORS + at * DESCRIPTOR;
            block[at + 3] = *tag;
            block[at + 5..at + DESCRIPTOR].fill(b' ');
            block[at + 5..at + 5 + text.len()].copy_from_slice(text);
        }
        sum_up(&mut block);
        block
    }

    fn sum_up(block: &mut [u8]) {
        block[127] = 0;
        block[127] = block.iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
    }

    #[test]
    fn decodes_the_base_block() {
        let mut bytes = block("TST", 77, (12, 2021), &[(TAG_SERIAL, b"AB 12\n"), (TAG_NAME, b"Screen 27\n")]);
        bytes[126] = 2;
        sum_up(&mut bytes);
        bytes.extend([0; 200]);
        let edid = Edid::of(&bytes).unwrap();
        assert_eq!(edid.maker.as_deref(), Some("TST"));
        assert_eq!((edid.product, edid.number), (0x1234, 77));
        assert_eq!(edid.serial.as_deref(), Some("AB 12"));
        assert_eq!(edid.name().as_deref(), Some("Screen 27"));
        assert_eq!(edid.made(), "12/2021");
        assert_eq!((edid.extensions, edid.intact), ((2, 1), true));
    }

    #[test]
    fn names_of_several_parts_and_of_panels() {
        let name = |descriptors: &[(u8, &[u8])]| Edid::of(&block("TST", 0, (0, 2020), descriptors)).unwrap().name();
        assert_eq!(
            name(&[(TAG_NAME, b"A long name o\n"[..13].into()), (TAG_NAME, b"f two\n")]).unwrap(),
            "A long name o f two"
        );
        assert_eq!(name(&[(TAG_NAME, b"One\n"), (TAG_NAME, b"\n"), (TAG_TEXT, b"no\n")]).unwrap(), "One ");
        assert_eq!(name(&[(TAG_TEXT, b"PANEL\0\0\n"), (TAG_TEXT, b"X1\n")]).unwrap(), "PANEL X1");
        assert_eq!(name(&[(TAG_TEXT, b"P1\x02x\n"), (TAG_TEXT, b"(\x80\xff\n")]).unwrap(), "P1");
        assert_eq!(name(&[(TAG_TEXT, &[0; 13])]), None);
        assert_eq!(name(&[(TAG_NAME, &[0xff; 13])]), None);
    }

    #[test]
    fn the_year_of_a_model_has_no_week() {
        assert_eq!(Edid::of(&block("TST", 0, (0xff, 2022), &[])).unwrap().made(), "2022");
    }

    #[test]
    fn refuses_what_is_damaged() {
        let good = block("TST", 1, (1, 2020), &[]);
        for length in 0..BLOCK {
            assert_eq!(Edid::of(&good[..length]), Err(Refused::Short));
        }
        for at in 0..BLOCK {
            let mut bad = good.clone();
            bad[at] ^= 0x40;
            let edid = Edid::of(&bad);
            match at {
                0..8 => assert_eq!(edid, Err(Refused::Header), "{at}"),
                18 => assert_eq!(edid, Err(Refused::Version(0x41))),
                _ => assert!(!edid.unwrap().intact, "{at}"),
            }
        }
        assert_eq!(Edid::of(&vec![0; LARGEST + 1]), Err(Refused::Long));
        assert_eq!(Edid::of(&[0xff; BLOCK]), Err(Refused::Header));
    }

    #[test]
    fn any_bytes_behind_the_header_are_survived() {
        let mut state = 1u32;
        for _ in 0..2000 {
            let mut bytes = block("TST", 0, (1, 2020), &[]);
            for byte in bytes[8..].iter_mut() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = state.to_be_bytes()[0];
            }
            for descriptor in bytes[DESCRIPTORS..126].chunks_exact_mut(DESCRIPTOR) {
                descriptor[..3].fill(0);
                descriptor[3] |= 0xfc;
            }
            bytes[18] = 1;
            sum_up(&mut bytes);
            let edid = Edid::of(&bytes).unwrap();
            edid.name();
            edid.made();
            Serials::of(&edid);
        }
    }

    #[test]
    fn three_letters() {
        assert_eq!(letters(0x10ac).as_deref(), Some("DEL"));
        assert_eq!(letters(0), None);
        assert_eq!(letters(0xffff), None);
    }
}
