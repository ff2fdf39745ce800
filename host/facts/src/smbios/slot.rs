//! Type 9, system slots (DSP0134 7.10).

use super::{Structure, Tables, Word};

const TYPE: u8 = 9;

/// A slot for a card, whether or not there is one in it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) designation: Option<String>,
    pub(crate) kind: Option<Word>,
    pub(crate) width: Option<Word>,
    /// None when it is neither of the two, or cannot be told.
    pub(crate) usage: Option<SlotUsage>,
    /// What the number means depends on the kind: for PCI it is the one that ACPI has for the slot (7.10.5).
    pub(crate) id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotUsage {
    Available,
    InUse,
}

/// All slots in the order of the table.
pub(crate) fn slots(tables: &Tables) -> impl Iterator<Item = Slot> {
    tables.all(TYPE).map(of)
}

fn of(structure: Structure<'_>) -> Slot {
    Slot {
        designation: structure.text(0x04),
        kind: structure.byte(0x05).and_then(type_name).map(Word::Borrowed),
        width: structure.byte(0x06).and_then(width_name).map(Word::Borrowed),
        usage: structure.byte(0x07).and_then(usage),
        id: structure.word(0x09).map(|id| id.to_string()),
    }
}

/// 7.10.3
fn usage(usage: u8) -> Option<SlotUsage> {
    match usage {
        3 => Some(SlotUsage::Available),
        4 => Some(SlotUsage::InUse),
        _ => None,
    }
}

/// 7.10.2; none for "other" and "unknown".
fn width_name(width: u8) -> Option<&'static str> {
    Some(match width {
        0x03 => "8-bit",
        0x04 => "16-bit",
        0x05 => "32-bit",
        0x06 => "64-bit",
        0x07 => "128-bit",
        0x08 => "x1",
        0x09 => "x2",
        0x0a => "x4",
        0x0b => "x8",
        0x0c => "x12",
        0x0d => "x16",
        0x0e => "x32",
        _ => return None,
    })
}

/// 7.10.1; none for "unknown" and for numbers that the standard does not have.
fn type_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x01 => "Other",
        0x03 => "ISA",
        0x04 => "MCA",
        0x05 => "EISA",
        0x06 => "PCI",
        0x07 => "PC Card (PCMCIA)",
        0x08 => "VL-VESA",
        0x09 => "Proprietary",
        0x0a => "Processor Card Slot",
        0x0b => "Proprietary Memory Card Slot",
        0x0c => "I/O Riser Card Slot",
        0x0d => "NuBus",
        0x0e => "PCI-66",
        0x0f => "AGP",
        0x10 => "AGP 2x",
        0x11 => "AGP 4x",
        0x12 => "PCI-X",
        0x13 => "AGP 8x",
        0x14 => "M.2 Socket 1-DP (Mechanical Key A)",
        0x15 => "M.2 Socket 1-SD (Mechanical Key E)",
        0x16 => "M.2 Socket 2 (Mechanical Key B)",
        0x17 => "M.2 Socket 3 (Mechanical Key M)",
        0x18 => "MXM Type I",
        0x19 => "MXM Type II",
        0x1a => "MXM Type III (standard connector)",
        0x1b => "MXM Type III (HE connector)",
        0x1c => "MXM Type IV",
        0x1d => "MXM 3.0 Type A",
        0x1e => "MXM 3.0 Type B",
        0x1f => "PCI Express 2 SFF-8639 (U.2)",
        0x20 => "PCI Express 3 SFF-8639 (U.2)",
        0x21 => "PCI Express Mini 52-pin with bottom-side keep-outs",
        0x22 => "PCI Express Mini 52-pin without bottom-side keep-outs",
        0x23 => "PCI Express Mini 76-pin",
        0x24 => "PCI Express 4 SFF-8639 (U.2)",
        0x25 => "PCI Express 5 SFF-8639 (U.2)",
        0x26 => "OCP NIC 3.0 Small Form Factor (SFF)",
        0x27 => "OCP NIC 3.0 Large Form Factor (LFF)",
        0x28 => "OCP NIC Prior to 3.0",
        0x30 => "CXL Flexbus 1.0",
        0xa0 => "PC-98/C20",
        0xa1 => "PC-98/C24",
        0xa2 => "PC-98/E",
        0xa3 => "PC-98/Local Bus",
        0xa4 => "PC-98/Card",
        0xa5 => "PCI Express",
        0xa6 => "PCI Express x1",
        0xa7 => "PCI Express x2",
        0xa8 => "PCI Express x4",
        0xa9 => "PCI Express x8",
        0xaa => "PCI Express x16",
        0xab => "PCI Express 2",
        0xac => "PCI Express 2 x1",
        0xad => "PCI Express 2 x2",
        0xae => "PCI Express 2 x4",
        0xaf => "PCI Express 2 x8",
        0xb0 => "PCI Express 2 x16",
        0xb1 => "PCI Express 3",
        0xb2 => "PCI Express 3 x1",
        0xb3 => "PCI Express 3 x2",
        0xb4 => "PCI Express 3 x4",
        0xb5 => "PCI Express 3 x8",
        0xb6 => "PCI Express 3 x16",
        0xb8 => "PCI Express 4",
        0xb9 => "PCI Express 4 x1",
        0xba => "PCI Express 4 x2",
        0xbb => "PCI Express 4 x4",
        0xbc => "PCI Express 4 x8",
        0xbd => "PCI Express 4 x16",
        0xbe => "PCI Express 5",
        0xbf => "PCI Express 5 x1",
        0xc0 => "PCI Express 5 x2",
        0xc1 => "PCI Express 5 x4",
        0xc2 => "PCI Express 5 x8",
        0xc3 => "PCI Express 5 x16",
        0xc4 => "PCI Express 6 and Beyond",
        0xc5 => "Enterprise and Datacenter 1U E1 Form Factor Slot (EDSFF E1.S, E1.L)",
        0xc6 => "Enterprise and Datacenter 3\" E3 Form Factor Slot (EDSFF E3.S, E3.L)",
        _ => return None,
    })
}
