//! Disks, RAID controllers, volumes.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
