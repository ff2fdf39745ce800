//! Solaris, AIX, HP-UX, the BSDs.

use super::Target;

pub(super) const TARGETS: &[Target] = &[];
