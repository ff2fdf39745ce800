//! Distributions, file systems, the machine as a whole.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
