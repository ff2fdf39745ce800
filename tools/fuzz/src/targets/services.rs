//! Virtual machines, databases.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
