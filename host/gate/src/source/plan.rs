//! What a rehearsal would have done.

use std::sync::{Mutex, PoisonError};

/// Changes that were asked for and not made, in their order. A run has an allowance of calls, so there is a bound.
#[derive(Debug, Default)]
pub struct Plan(Mutex<Vec<String>>);

impl Plan {
    pub(crate) fn add(&self, intent: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(intent);
    }

    /// Each as what would have been done: `write /opt/x (312 bytes)`.
    pub fn steps(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
