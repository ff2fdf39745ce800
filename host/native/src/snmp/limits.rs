//! How long a device may take and how much it may send: for one question, for one walk, and in all.

use super::link::Trouble;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Bytes after which a device waits for its turn with the others that have sent as much: what devices without end send must
/// not take the time of those that are soon read.
const MUCH: u64 = 512 << 10;
/// Such devices that are asked at the same time.
pub(super) const AT_TURN: usize = 4;

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
    turns: Arc<Semaphore>,
}

impl Budget {
    /// `turns` are those of all devices of a scan.
    pub(super) fn new(settings: &SnmpSettings, turns: Arc<Semaphore>) -> Self {
        let (time, most_bytes) = (settings.device_time, settings.device_bytes);
        Self { begun: OnceLock::new(), bytes: AtomicU64::new(0), time, most_bytes, turns }
    }

    /// Waits until the device may be asked; at once where it has sent little so far. Its turn lasts while this is held.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if self.bytes.load(Ordering::Relaxed) < MUCH {
            return None;
        }
        self.turns.acquire().await.ok()
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
