//! Credentials: shown to the one origin that they were configured for, after it asked, once.

pub(super) mod basic;
pub(super) mod oauth;

use super::secret::Secret;
use std::time::Instant;

/// What an origin has accepted, or is about to be shown: the value of `Authorization`.
#[derive(Debug, Clone)]
pub(super) struct Proven {
    pub(super) value: Secret,
    /// When it ends; none: with the session.
    pub(super) until: Option<Instant>,
}

impl Proven {
    pub(super) fn is_valid(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }
}
