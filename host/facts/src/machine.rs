//! A machine, and what several collectors need of it: read once, on first use.

use crate::Roots;
use crate::time::Zone;
use std::sync::OnceLock;

/// The machine that is being observed. What is read here is read once, however many collectors ask.
#[derive(Debug)]
pub struct Machine {
    roots: Roots,
    zone: OnceLock<Zone>,
}

impl Machine {
    pub fn new(roots: Roots) -> Self {
        Self { roots, zone: OnceLock::new() }
    }

    /// This machine itself.
    pub fn live() -> Self {
        Self::new(Roots::live())
    }

    pub fn roots(&self) -> &Roots {
        &self.roots
    }

    pub(crate) fn zone(&self) -> &Zone {
        self.zone.get_or_init(|| Zone::of(&self.roots))
    }
}
