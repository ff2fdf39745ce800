//! PCI and USB devices, graphics cards, modems, sound.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
