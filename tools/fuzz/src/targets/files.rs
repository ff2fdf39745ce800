//! The files that the collectors read.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
