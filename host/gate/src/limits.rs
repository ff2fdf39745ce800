//! What one run may spend. Every number is set, none depends on another switch.

use crate::{CallError, Spent};
use std::sync::atomic::{AtomicU64, Ordering};

/// The allowances of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Host calls of any kind.
    pub calls: u64,
    /// Calls that are answered with "exhausted" before the run is stopped.
    pub refusals: u64,
    /// Bytes from and to the task.
    pub bytes: u64,
    /// Lines of the task's log that are kept.
    pub log_lines: u64,
    /// Bytes of the task's log that are kept.
    pub log_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 20_000, refusals: 1_000, bytes: 256 << 20, log_lines: 1_000, log_bytes: 256 << 10 }
    }
}

/// What a run has spent so far.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) calls: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) log_lines: AtomicU64,
    pub(crate) log_bytes: AtomicU64,
    pub(crate) log_dropped: AtomicU64,
}

impl Meter {
    /// Takes one call and the bytes that it carries.
    pub(crate) fn take(&self, limits: &Limits, bytes: u64) -> Result<(), CallError> {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if calls > limits.calls {
            return Err(self.refuse(limits, calls, Spent::Calls));
        }
        self.take_bytes(limits, bytes)
    }

    pub(crate) fn take_bytes(&self, limits: &Limits, bytes: u64) -> Result<(), CallError> {
        let spent = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if spent > limits.bytes {
            let calls = self.calls.load(Ordering::Relaxed);
            return Err(self.refuse(limits, calls, Spent::Bytes));
        }
        Ok(())
    }

    /// True when a line of the log is still within the allowance.
    pub(crate) fn take_log(&self, limits: &Limits, bytes: u64) -> bool {
        let lines = self.log_lines.fetch_add(1, Ordering::Relaxed) + 1;
        let spent = self.log_bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let kept = lines <= limits.log_lines && spent <= limits.log_bytes;
        if !kept {
            self.log_dropped.fetch_add(1, Ordering::Relaxed);
        }
        kept
    }

    fn refuse(&self, limits: &Limits, calls: u64, spent: Spent) -> CallError {
        let refused = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
        if refused > limits.refusals { CallError::Overrun { calls, refused } } else { CallError::Exhausted(spent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { calls: 3, refusals: 2, bytes: 100, log_lines: 2, log_bytes: 10 }
    }

    #[test]
    fn calls_run_out_and_then_the_run_does() {
        let meter = Meter::default();
        let answers: Vec<_> = (0..6).map(|_| meter.take(&limits(), 0)).collect();
        assert_eq!(answers[..3], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(answers[3], Err(CallError::Exhausted(Spent::Calls)));
        assert_eq!(answers[4], Err(CallError::Exhausted(Spent::Calls)));
        assert_eq!(answers[5], Err(CallError::Overrun { calls: 6, refused: 3 }));
    }

    #[test]
    fn bytes_run_out() {
        let meter = Meter::default();
        assert_eq!(meter.take(&limits(), 100), Ok(()));
        assert_eq!(meter.take(&limits(), 1), Err(CallError::Exhausted(Spent::Bytes)));
        assert_eq!(Meter::default().take(&limits(), u64::MAX), Err(CallError::Exhausted(Spent::Bytes)));
    }

    #[test]
    fn the_log_is_cut_by_lines_and_by_bytes() {
        let meter = Meter::default();
        assert!(meter.take_log(&limits(), 5) && meter.take_log(&limits(), 5));
        assert!(!meter.take_log(&limits(), 0));
        assert!(!Meter::default().take_log(&limits(), 11));
    }
}
