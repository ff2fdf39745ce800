//! Type 0, BIOS information (DSP0134 7.1).

use super::Structure;

pub(super) const TYPE: u8 = 0;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Firmware {
    pub(crate) vendor: Option<String>,
    pub(crate) version: Option<String>,
    /// As the firmware writes it, mostly `mm/dd/yyyy`.
    pub(crate) date: Option<String>,
    /// The firmware says that it is that of a virtual machine.
    pub(crate) virtual_machine: bool,
}

impl Firmware {
    pub(super) fn of(structure: Structure<'_>) -> Self {
        Self {
            vendor: structure.text(0x04),
            version: structure.text(0x05),
            date: structure.text(0x08),
            virtual_machine: structure.byte(0x13).is_some_and(|extension| extension & 0x10 != 0),
        }
    }
}
