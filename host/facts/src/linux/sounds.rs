//! Sound devices on the PCI buses. What is on USB is in the section of USB devices.

use crate::{Scan, pci};

pub(super) fn collect(scan: &Scan<'_>) {
    pci::sounds(&scan.machine.pci().devices).for_each(|row| scan.row(row));
}
