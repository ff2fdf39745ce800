//! What parsers share: sizes, speeds, versions, makers.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
