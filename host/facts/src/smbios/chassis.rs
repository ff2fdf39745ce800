//! Type 3, system enclosure or chassis (DSP0134 7.4).

use super::{Structure, Word};

pub(super) const TYPE: u8 = 3;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Chassis {
    /// Its type in words.
    pub(crate) kind: Option<Word>,
    pub(crate) serial: Option<String>,
    pub(crate) asset_tag: Option<String>,
}

impl Chassis {
    pub(super) fn of(structure: Structure<'_>) -> Self {
        Self {
            // The highest bit says whether there is a lock.
            kind: structure.byte(0x05).and_then(|kind| chassis_type_name(kind & 0x7f)).map(Word::Borrowed),
            serial: structure.text(0x07),
            asset_tag: structure.text(0x08),
        }
    }
}

/// The names of 7.4.1; none for "unknown" and for numbers that the standard does not have.
pub(crate) fn chassis_type_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        1 => "Other",
        3 => "Desktop",
        4 => "Low Profile Desktop",
        5 => "Pizza Box",
        6 => "Mini Tower",
        7 => "Tower",
        8 => "Portable",
        9 => "Laptop",
        10 => "Notebook",
        11 => "Hand Held",
        12 => "Docking Station",
        13 => "All In One",
        14 => "Sub Notebook",
        15 => "Space-saving",
        16 => "Lunch Box",
        17 => "Main Server Chassis",
        18 => "Expansion Chassis",
        19 => "Sub Chassis",
        20 => "Bus Expansion Chassis",
        21 => "Peripheral Chassis",
        22 => "RAID Chassis",
        23 => "Rack Mount Chassis",
        24 => "Sealed-case PC",
        25 => "Multi-system",
        26 => "CompactPCI",
        27 => "AdvancedTCA",
        28 => "Blade",
        29 => "Blade Enclosing",
        30 => "Tablet",
        31 => "Convertible",
        32 => "Detachable",
        33 => "IoT Gateway",
        34 => "Embedded PC",
        35 => "Mini PC",
        36 => "Stick PC",
        _ => return None,
    })
}
