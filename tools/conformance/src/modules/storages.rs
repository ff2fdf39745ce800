//! Disks, RAID controllers, volumes.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
