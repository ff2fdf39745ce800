//! Packages, security.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
