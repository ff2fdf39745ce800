//! A machine, and what several collectors need of it: read once, on first use.

use crate::Roots;

/// The machine that is being observed. What is read here is read once, however many collectors ask.
#[derive(Debug)]
pub struct Machine {
    roots: Roots,
}

impl Machine {
    pub fn new(roots: Roots) -> Self {
        Self { roots }
    }

    /// This machine itself.
    pub fn live() -> Self {
        Self::new(Roots::live())
    }

    pub fn roots(&self) -> &Roots {
        &self.roots
    }
}
