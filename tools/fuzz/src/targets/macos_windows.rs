//! MacOS and Windows.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
