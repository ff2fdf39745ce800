//! Type 1, system information (DSP0134 7.2).

use super::Structure;

pub(super) const TYPE: u8 = 1;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct System {
    pub(crate) manufacturer: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) serial: Option<String>,
    /// In the form of RFC 9562, lower case.
    pub(crate) uuid: Option<String>,
    pub(crate) sku: Option<String>,
}

impl System {
    pub(super) fn of(structure: Structure<'_>, version: (u8, u8)) -> Self {
        Self {
            manufacturer: structure.text(0x04),
            product: structure.text(0x05),
            version: structure.text(0x06),
            serial: structure.text(0x07),
            uuid: structure.array(0x08).and_then(|bytes| uuid(bytes, version)),
            sku: structure.text(0x19),
        }
    }
}

/// All zeros is "not there", all ones "not set". Since version 2.6 the first three fields are little-endian (7.2.1);
/// before, nothing said so and everybody took the bytes as they come.
fn uuid(bytes: [u8; 16], version: (u8, u8)) -> Option<String> {
    if bytes == [0; 16] || bytes == [0xff; 16] {
        return None;
    }
    let number = u128::from_be_bytes(bytes);
    let (mut low, mut mid, mut high) = (number >> 96, number >> 80 & 0xffff, number >> 64 & 0xffff);
    if version >= (2, 6) {
        low = u128::from(u32::try_from(low).ok()?.swap_bytes());
        mid = u128::from(u16::try_from(mid).ok()?.swap_bytes());
        high = u128::from(u16::try_from(high).ok()?.swap_bytes());
    }
    let (sequence, node) = (number >> 48 & 0xffff, number & 0xffff_ffff_ffff);
    Some(format!("{low:08x}-{mid:04x}-{high:04x}-{sequence:04x}-{node:012x}"))
}
