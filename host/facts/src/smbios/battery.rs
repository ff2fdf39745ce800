//! Type 22, portable batteries (DSP0134 7.23).

use super::{Structure, Tables};

const TYPE: u8 = 22;
/// The kind of cells is in the text of the Smart Battery Data Specification (SBDS) instead.
const UNKNOWN_CHEMISTRY: u8 = 2;

/// A battery as it left the factory.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Battery {
    pub(crate) manufacturer: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) chemistry: Option<String>,
    pub(crate) made: Option<Made>,
    /// In mWh.
    pub(crate) capacity: Option<u64>,
    /// In mV.
    pub(crate) voltage: Option<u16>,
}

/// When it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Made {
    /// As the firmware writes it: the standard asks for no form.
    Text(String),
    /// Year, month and day.
    Date(u16, u16, u16),
}

/// All batteries in the order of the table.
pub(crate) fn batteries(tables: &Tables) -> impl Iterator<Item = Battery> {
    tables.all(TYPE).map(of)
}

/// A field that a Smart Battery has in another form is zero where the other form counts.
fn of(structure: Structure<'_>) -> Battery {
    let factor = structure.byte(0x15).filter(|factor| *factor != 0).map_or(1, u64::from);
    let number = || structure.word(0x10).filter(|number| *number != 0).map(|number| number.to_string());
    Battery {
        manufacturer: structure.text(0x05),
        name: structure.text(0x08),
        serial: structure.text(0x07).or_else(number),
        chemistry: match structure.byte(0x09) {
            Some(UNKNOWN_CHEMISTRY) => structure.text(0x14),
            kind => kind.and_then(chemistry_name).map(str::to_owned),
        },
        made: structure.text(0x06).map(Made::Text).or_else(|| structure.word(0x12).and_then(packed_date)),
        capacity: structure.word(0x0a).filter(|capacity| *capacity != 0).map(|capacity| u64::from(capacity) * factor),
        voltage: structure.word(0x0c).filter(|voltage| *voltage != 0),
    }
}

/// Day, month, and years since 1980, from the lowest bits on.
fn packed_date(bits: u16) -> Option<Made> {
    let (year, month, day) = (1980 + (bits >> 9), bits >> 5 & 15, bits & 31);
    ((1..=12).contains(&month) && day >= 1).then_some(Made::Date(year, month, day))
}

/// 7.23.1
fn chemistry_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        1 => "Other",
        3 => "Lead Acid",
        4 => "Nickel Cadmium",
        5 => "Nickel Metal Hydride",
        6 => "Lithium Ion",
        7 => "Zinc Air",
        8 => "Lithium Polymer",
        _ => return None,
    })
}
