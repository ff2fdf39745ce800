//! Type 8, port connectors (DSP0134 7.9).

use super::{Structure, Tables, Word};

const TYPE: u8 = 8;

/// A connector: what it is called on the board and on the case, and what it is for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Connector {
    pub(crate) internal_name: Option<String>,
    pub(crate) internal_connector: Option<Word>,
    pub(crate) external_name: Option<String>,
    pub(crate) external_connector: Option<Word>,
    /// None for a number that the standard does not have.
    pub(crate) purpose: Option<Word>,
}

/// All connectors in the order of the table.
pub(crate) fn connectors(tables: &Tables) -> impl Iterator<Item = Connector> {
    tables.all(TYPE).map(of)
}

fn of(structure: Structure<'_>) -> Connector {
    Connector {
        internal_name: structure.text(0x04),
        internal_connector: structure.byte(0x05).and_then(connector_name).map(Word::Borrowed),
        external_name: structure.text(0x06),
        external_connector: structure.byte(0x07).and_then(connector_name).map(Word::Borrowed),
        purpose: structure.byte(0x08).and_then(purpose_name).map(Word::Borrowed),
    }
}

/// 7.9.2; none for no connector.
fn connector_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x01 => "Centronics",
        0x02 => "Mini Centronics",
        0x03 => "Proprietary",
        0x04 => "DB-25 male",
        0x05 => "DB-25 female",
        0x06 => "DB-15 male",
        0x07 => "DB-15 female",
        0x08 => "DB-9 male",
        0x09 => "DB-9 female",
        0x0a => "RJ-11",
        0x0b => "RJ-45",
        0x0c => "50 Pin MiniSCSI",
        0x0d => "Mini DIN",
        0x0e => "Micro DIN",
        0x0f => "PS/2",
        0x10 => "Infrared",
        0x11 => "HP-HIL",
        0x12 => "Access Bus (USB)",
        0x13 => "SSA SCSI",
        0x14 => "Circular DIN-8 male",
        0x15 => "Circular DIN-8 female",
        0x16 => "On Board IDE",
        0x17 => "On Board Floppy",
        0x18 => "9 Pin Dual Inline (pin 10 cut)",
        0x19 => "25 Pin Dual Inline (pin 26 cut)",
        0x1a => "50 Pin Dual Inline",
        0x1b => "68 Pin Dual Inline",
        0x1c => "On Board Sound Input From CD-ROM",
        0x1d => "Mini Centronics Type-14",
        0x1e => "Mini Centronics Type-26",
        0x1f => "Mini Jack (headphones)",
        0x20 => "BNC",
        0x21 => "IEEE 1394",
        0x22 => "SAS/SATA Plug Receptacle",
        0x23 => "USB Type-C Receptacle",
        0xa0 => "PC-98",
        0xa1 => "PC-98 Hireso",
        0xa2 => "PC-H98",
        0xa3 => "PC-98 Note",
        0xa4 => "PC-98 Full",
        0xff => "Other",
        _ => return None,
    })
}

/// 7.9.3
fn purpose_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x00 => "None",
        0x01 => "Parallel Port XT/AT Compatible",
        0x02 => "Parallel Port PS/2",
        0x03 => "Parallel Port ECP",
        0x04 => "Parallel Port EPP",
        0x05 => "Parallel Port ECP/EPP",
        0x06 => "Serial Port XT/AT Compatible",
        0x07 => "Serial Port 16450 Compatible",
        0x08 => "Serial Port 16550 Compatible",
        0x09 => "Serial Port 16550A Compatible",
        0x0a => "SCSI Port",
        0x0b => "MIDI Port",
        0x0c => "Joystick Port",
        0x0d => "Keyboard Port",
        0x0e => "Mouse Port",
        0x0f => "SSA SCSI",
        0x10 => "USB",
        0x11 => "Firewire (IEEE P1394)",
        0x12 => "PCMCIA Type I",
        0x13 => "PCMCIA Type II",
        0x14 => "PCMCIA Type III",
        0x15 => "Cardbus",
        0x16 => "Access Bus Port",
        0x17 => "SCSI II",
        0x18 => "SCSI Wide",
        0x19 => "PC-98",
        0x1a => "PC-98 Hireso",
        0x1b => "PC-H98",
        0x1c => "Video Port",
        0x1d => "Audio Port",
        0x1e => "Modem Port",
        0x1f => "Network Port",
        0x20 => "SATA",
        0x21 => "SAS",
        0x22 => "MFDP (Multi-Function Display Port)",
        0x23 => "Thunderbolt",
        0xa0 => "8251 Compatible",
        0xa1 => "8251 FIFO Compatible",
        0xff => "Other",
        _ => return None,
    })
}
