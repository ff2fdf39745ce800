//! Every device on the PCI buses, as `lspci` lists them, and the cards whose numbers a server's controller knows.

use super::bmc;
use crate::output::ipmitool;
use crate::{Scan, pci};

pub(super) fn collect(scan: &Scan<'_>) {
    pci::controllers(&scan.machine.pci().devices).for_each(|row| scan.row(row));
    ipmitool::controllers(&bmc::field_units(scan)).into_iter().for_each(|row| scan.row(row));
}
