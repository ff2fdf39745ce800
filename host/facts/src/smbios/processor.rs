//! Type 4, processor information (DSP0134 7.5).

use super::processor_family::family_name;
use super::{Structure, Tables, Word};

const TYPE: u8 = 4;

/// A processor that is in its socket and not switched off.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Processor {
    pub manufacturer: Option<String>,
    /// What the maker calls it, such as `Intel(R) Xeon(R) …`.
    pub version: Option<String>,
    pub family: Option<Word>,
    /// The eight bytes of the processor's own identification, last one first, as hexadecimal digits.
    pub id: Option<String>,
    pub serial: Option<String>,
    /// Of the bus, in MHz.
    pub external_clock: Option<u16>,
    pub max_speed: Option<u16>,
    pub current_speed: Option<u16>,
    pub cores: Option<u16>,
    pub enabled_cores: Option<u16>,
    pub threads: Option<u16>,
}

/// The processors that work, in the order of the table.
pub(crate) fn processors(tables: &Tables) -> Vec<Processor> {
    tables.all(TYPE).filter(works).map(of).collect()
}

fn works(structure: &Structure<'_>) -> bool {
    // Mathematical, signal and video processors are not what an inventory counts.
    if matches!(structure.byte(0x05), Some(4..=6)) {
        return false;
    }
    let Some(status) = structure.byte(0x18) else { return true };
    let populated = status & 0x40 != 0;
    let disabled = matches!(status & 7, 2 | 3);
    populated && !disabled
}

fn of(structure: Structure<'_>) -> Processor {
    let manufacturer = structure.text(0x07);
    let family = match structure.byte(0x06) {
        Some(0xfe) => structure.word(0x28),
        family => family.map(u16::from),
    };
    Processor {
        family: family
            .and_then(|family| family_name(family, manufacturer.as_deref().unwrap_or_default()))
            .map(Word::Borrowed),
        version: structure.text(0x10),
        id: structure.array(0x08).map(u64::from_le_bytes).filter(|id| *id != 0).map(|id| format!("{id:016X}")),
        serial: structure.text(0x20),
        external_clock: megahertz(structure, 0x12),
        max_speed: megahertz(structure, 0x14),
        current_speed: megahertz(structure, 0x16),
        cores: count(structure, 0x23, 0x2a),
        enabled_cores: count(structure, 0x24, 0x2c),
        threads: count(structure, 0x25, 0x2e),
        manufacturer,
    }
}

fn megahertz(structure: Structure<'_>, at: usize) -> Option<u16> {
    structure.word(at).filter(|speed| *speed != 0 && *speed != 0xffff)
}

/// A count of one byte; 255 says that the word that came later has it.
fn count(structure: Structure<'_>, at: usize, wide: usize) -> Option<u16> {
    match structure.byte(at)? {
        0 => None,
        0xff => structure.word(wide).or(Some(0xff)).filter(|count| *count != 0 && *count != 0xffff),
        count => Some(u16::from(count)),
    }
}
