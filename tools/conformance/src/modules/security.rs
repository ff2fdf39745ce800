//! Firewalls, antivirus, remote management.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
