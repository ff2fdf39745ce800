//! Every device on the PCI buses, as `lspci` lists them.

use crate::{Scan, pci};

pub(super) fn collect(scan: &Scan<'_>) {
    pci::controllers(&scan.machine.pci().devices).for_each(|row| scan.row(row));
}
