//! How long a device may take and how much it may send: for one question, for one walk, and in all.

use super::link::Trouble;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// What whoever runs a scan may set.
#[derive(Debug, Clone)]
pub struct SnmpSettings {
    /// For an answer to one question.
    pub timeout: Duration,
    /// How often a question is asked again.
    pub retries: u32,
    /// For all that is asked of a device, from the first question on.
    pub device_time: Duration,
    /// Bytes that a device may send in all.
    pub device_bytes: u64,
    /// For one walk, all its tables together.
    pub walk_time: Duration,
    /// Bytes of names and values in one walk.
    pub walk_bytes: u64,
    /// Calls that are in progress at the same time.
    pub at_once: usize,
}

impl Default for SnmpSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2),
            retries: 1,
            device_time: Duration::from_secs(300),
            device_bytes: 64 << 20,
            walk_time: Duration::from_secs(120),
            walk_bytes: 16 << 20,
            at_once: 256,
        }
    }
}

/// What one device has had.
#[derive(Debug)]
pub(super) struct Budget {
    begun: OnceLock<Instant>,
    bytes: AtomicU64,
    time: Duration,
    most_bytes: u64,
}

impl Budget {
    pub(super) fn new(settings: &SnmpSettings) -> Self {
        let (time, most_bytes) = (settings.device_time, settings.device_bytes);
        Self { begun: OnceLock::new(), bytes: AtomicU64::new(0), time, most_bytes }
    }

    /// Until when an answer may come; none where there is no time left.
    pub(super) fn until(&self, timeout: Duration) -> Result<Instant, Trouble> {
        let now = Instant::now();
        let end = *self.begun.get_or_init(|| now) + self.time;
        if now >= end {
            return Err(Trouble::Spent(format!("the device took longer than {} in all", words(self.time))));
        }
        Ok(end.min(now + timeout))
    }

    pub(super) fn charge(&self, bytes: usize) -> Result<(), Trouble> {
        let bytes = bytes as u64;
        let all = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if all > self.most_bytes {
            return Err(Trouble::Spent(format!("the device sent more than {} bytes in all", self.most_bytes)));
        }
        Ok(())
    }
}

/// `300 s`, `1.5 s`
pub(super) fn words(time: Duration) -> String {
    format!("{} s", time.as_secs_f32())
}
