//! Monitors by their EDID.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
