//! Virtual machines and containers.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
