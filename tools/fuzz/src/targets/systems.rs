//! Processors, networks, the system.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
