//! Whose turn it is not.

use super::{Round, TargetOutcome};
use airlock_native::Remembered;
use jiff::Timestamp;

/// A target that is not due.
pub(super) struct NotDue(Remembered);

impl NotDue {
    pub(super) fn of(&self, name: &str) -> TargetOutcome {
        TargetOutcome::done(name, "not due yet").with(&self.0)
    }
}

impl Round<'_> {
    /// With `--lazy`, who is not due is left out.
    pub(super) fn not_due(&self, known: &Remembered, now: i64) -> Option<NotDue> {
        let is_lazy = self.wanted.lazy && !self.wanted.force;
        let next = known.next.filter(|next| is_lazy && *next > now)?;
        let next = Timestamp::from_second(next).map(|next| next.to_string()).unwrap_or_default();
        tracing::info!("not due before {next}: {}", known.next_because);
        Some(NotDue(known.clone()))
    }
}
