//! Processors and boards.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
