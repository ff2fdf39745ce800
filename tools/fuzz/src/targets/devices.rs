//! Monitors, PCI, USB, graphics.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
