//! What became of one target in a round.

use airlock_native::Remembered;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct TargetOutcome {
    pub(crate) target: String,
    /// False: something of it has to be done again.
    pub(crate) ok: bool,
    /// What was done, in words.
    pub(crate) what: String,
    /// UTC, when its turn comes again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) next_because: String,
}

impl TargetOutcome {
    pub(crate) fn done(target: impl Into<String>, what: impl Into<String>) -> Self {
        Self { target: target.into(), ok: true, what: what.into(), next: None, next_because: String::new() }
    }

    pub(crate) fn failed(target: impl Into<String>, what: impl Into<String>) -> Self {
        Self { ok: false, ..Self::done(target, what) }
    }

    pub(crate) fn with(mut self, known: &Remembered) -> Self {
        let next = known.next.and_then(|next| Timestamp::from_second(next).ok());
        self.next = next.map(|next| next.to_string());
        self.next_because.clone_from(&known.next_because);
        self
    }
}
