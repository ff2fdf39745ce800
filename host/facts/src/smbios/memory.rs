//! Types 16 and 17, memory arrays and memory devices (DSP0134 7.17, 7.18); where there is none, type 6, the memory
//! modules from before (7.7).

use super::{Structure, Tables, Word};

const MODULE: u8 = 6;
const ARRAY: u8 = 16;
const DEVICE: u8 = 17;

/// A place for a module, and the module in it if there is one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct MemoryDevice {
    pub(crate) locator: Option<String>,
    pub(crate) form_factor: Option<Word>,
    pub(crate) kind: Option<Word>,
    /// In MiB; none for an empty place.
    pub(crate) size: Option<u64>,
    /// In MT/s.
    pub(crate) speed: Option<u32>,
    pub(crate) manufacturer: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) part_number: Option<String>,
    /// How the array that it belongs to corrects errors.
    pub(crate) correction: Option<Word>,
    /// It holds firmware, not programs.
    pub(crate) flash: bool,
}

/// All places for modules in the order of the table, empty ones too.
pub(crate) fn memory_devices(tables: &Tables) -> Vec<MemoryDevice> {
    if tables.first(DEVICE).is_none() {
        return tables.all(MODULE).map(module).collect();
    }
    let arrays: Vec<(u16, u8)> = tables.all(ARRAY).filter_map(|a| Some((a.handle()?, a.byte(0x06)?))).collect();
    tables
        .all(DEVICE)
        .map(|device| {
            let array = device.word(0x04);
            let correction = arrays.iter().find(|(handle, _)| Some(*handle) == array).map(|(_, kind)| *kind);
            of(device, correction.and_then(correction_name))
        })
        .collect()
}

/// A module of before version 2.1: its size is a power of two, and its kind any of some bits.
fn module(module: Structure<'_>) -> MemoryDevice {
    const KINDS: [&str; 11] =
        ["Other", "", "Standard", "FPM", "EDO", "Parity", "ECC", "SIMM", "DIMM", "Burst EDO", "SDRAM"];
    let bits = module.word(0x07).unwrap_or_default();
    let kinds: Vec<&str> = KINDS
        .iter()
        .enumerate()
        .filter(|(bit, kind)| bits >> bit & 1 == 1 && !kind.is_empty())
        .map(|(_, k)| *k)
        .collect();
    let power = module.byte(0x09).map(|size| u32::from(size & 0x7f)).filter(|power| *power < 0x7d);
    MemoryDevice {
        kind: (!kinds.is_empty()).then(|| Word::Owned(kinds.join(" "))),
        size: power.and_then(|power| 1_u64.checked_shl(power)).filter(|_| power < Some(32)),
        ..MemoryDevice::default()
    }
}

fn of(device: Structure<'_>, correction: Option<&'static str>) -> MemoryDevice {
    let kind = device.byte(0x12);
    MemoryDevice {
        locator: device.text(0x10),
        form_factor: device.byte(0x0e).and_then(form_factor_name).map(Word::Borrowed),
        kind: kind.and_then(type_name).map(Word::Borrowed),
        size: size(device),
        speed: speed(device, 0x15, 0x54).or_else(|| speed(device, 0x20, 0x58)),
        manufacturer: device.text(0x17),
        serial: device.text(0x18),
        part_number: device.text(0x1a),
        correction: correction.map(Word::Borrowed),
        flash: kind == Some(0x09),
    }
}

/// Zero is an empty place, all ones an unknown size; the highest bit says KiB instead of MiB; 32767 that the size is in
/// the field that came later.
fn size(device: Structure<'_>) -> Option<u64> {
    match device.word(0x0c)? {
        0 | 0xffff => None,
        0x7fff => device.dword(0x1c).map(|size| u64::from(size & 0x7fff_ffff)).filter(|size| *size != 0),
        size if size & 0x8000 != 0 => Some(u64::from(size & 0x7fff) / 1024),
        size => Some(u64::from(size)),
    }
}

/// All ones say that the speed is in the field that came later.
fn speed(device: Structure<'_>, at: usize, wide: usize) -> Option<u32> {
    match device.word(at)? {
        0 => None,
        0xffff => device.dword(wide).map(|speed| speed & 0x7fff_ffff).filter(|speed| *speed != 0),
        speed => Some(u32::from(speed)),
    }
}

/// 7.17.3; none for "unknown" and for no correction at all.
fn correction_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        1 => "Other",
        4 => "Parity",
        5 => "Single-bit ECC",
        6 => "Multi-bit ECC",
        7 => "CRC",
        _ => return None,
    })
}

/// 7.18.1
fn form_factor_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x01 => "Other",
        0x03 => "SIMM",
        0x04 => "SIP",
        0x05 => "Chip",
        0x06 => "DIP",
        0x07 => "ZIP",
        0x08 => "Proprietary Card",
        0x09 => "DIMM",
        0x0a => "TSOP",
        0x0b => "Row Of Chips",
        0x0c => "RIMM",
        0x0d => "SODIMM",
        0x0e => "SRIMM",
        0x0f => "FB-DIMM",
        0x10 => "Die",
        0x11 => "CAMM",
        0x12 => "CUDIMM",
        0x13 => "CSODIMM",
        _ => return None,
    })
}

/// 7.18.2
fn type_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x01 => "Other",
        0x03 => "DRAM",
        0x04 => "EDRAM",
        0x05 => "VRAM",
        0x06 => "SRAM",
        0x07 => "RAM",
        0x08 => "ROM",
        0x09 => "Flash",
        0x0a => "EEPROM",
        0x0b => "FEPROM",
        0x0c => "EPROM",
        0x0d => "CDRAM",
        0x0e => "3DRAM",
        0x0f => "SDRAM",
        0x10 => "SGRAM",
        0x11 => "RDRAM",
        0x12 => "DDR",
        0x13 => "DDR2",
        0x14 => "DDR2 FB-DIMM",
        0x18 => "DDR3",
        0x19 => "FBD2",
        0x1a => "DDR4",
        0x1b => "LPDDR",
        0x1c => "LPDDR2",
        0x1d => "LPDDR3",
        0x1e => "LPDDR4",
        0x1f => "Logical non-volatile device",
        0x20 => "HBM",
        0x21 => "HBM2",
        0x22 => "DDR5",
        0x23 => "LPDDR5",
        0x24 => "HBM3",
        0x25 => "MRDIMM",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, device};
    use super::*;

    fn one(size: u16, extended: u32) -> MemoryDevice {
        let bytes = Builder::new().add(16, &[3, 3, 6], &[]).add(17, &device(0x1000, size, extended), &["A1"]).end();
        memory_devices(&Tables::decode(b"", bytes)).remove(0)
    }

    #[test]
    fn sizes_in_all_their_forms() {
        assert_eq!(one(8192, 0).size, Some(8192));
        assert_eq!(one(0x7fff, 65536).size, Some(65536));
        assert_eq!(one(0x8000 | 2048, 0).size, Some(2));
        assert_eq!(one(0, 0).size, None);
        assert_eq!(one(0xffff, 0).size, None);
    }

    #[test]
    fn modules_of_old_tables() {
        let module = |kind: u16, size| {
            let [low, high] = kind.to_le_bytes();
            let table = Builder::new().add(6, &[1, 0, 0, low, high, size, size], &["BANK0"]).end();
            memory_devices(&Tables::decode(b"", table)).remove(0)
        };
        assert_eq!((module(0x540, 6).kind.as_deref(), module(0x540, 6).size), (Some("ECC DIMM SDRAM"), Some(64)));
        for nothing in [0x7d, 0x7e, 0x7f, 0xff, 40] {
            assert_eq!((module(2, nothing).kind, module(2, nothing).size), (None, None));
        }
    }

    #[test]
    fn correction_is_that_of_the_array() {
        let device = one(8192, 0);
        assert_eq!((device.correction.as_deref(), device.locator.as_deref()), (Some("Multi-bit ECC"), Some("A1")));
    }
}
