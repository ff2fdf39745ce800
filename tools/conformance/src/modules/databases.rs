//! Database servers.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
