//! How long a device may take and how much it may send: for one question, for one walk, and in all.

use super::link::Trouble;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// What a device costs from which on what it sends is looked at after what all others sent: what devices without end send,
/// and what is no answer, must not take the time of those that are soon read.
const COSTLY: u64 = 32 << 10;
/// In bytes, what a message costs at least, what a value in it costs besides, and what each that leads nowhere does.
const MESSAGE: u64 = 256;
const VALUE: u64 = 64;
const NOTHING: u64 = 2 << 10;

/// Bytes after which a device waits, before each question, for its turn with the others that have sent as much: what is
/// kept of their answers is bounded by it too.
const MUCH: u64 = 512 << 10;
/// Such devices that are asked at the same time.
const AT_TURN: usize = 4;

/// Whose turn it is, among all devices of a scan that cost much.
#[derive(Debug)]
pub(super) struct Turns {
    /// To be asked.
    questions: Semaphore,
    /// To have a message looked at: one at a time, and then the others.
    messages: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self { questions: Semaphore::new(AT_TURN), messages: Semaphore::new(1) }
    }
}

/// Is told once when a device turns out to cost much.
pub(super) type Costly = Arc<dyn Fn() + Send + Sync>;

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
pub(super) struct Budget {
    begun: OnceLock<Instant>,
    bytes: AtomicU64,
    cost: AtomicU64,
    time: Duration,
    most_bytes: u64,
    turns: Arc<Turns>,
    costly: Option<Costly>,
}

impl Budget {
    /// `turns` are those of all devices of a scan.
    pub(super) fn new(settings: &SnmpSettings, turns: Arc<Turns>, costly: Option<Costly>) -> Self {
        let (time, most_bytes) = (settings.device_time, settings.device_bytes);
        let (begun, bytes, cost) = (OnceLock::new(), AtomicU64::new(0), AtomicU64::new(0));
        Self { begun, bytes, cost, time, most_bytes, turns, costly }
    }

    /// Waits until the device may be asked; at once where it has sent little so far. Its turn lasts while this is held.
    pub(super) async fn question(&self) -> Option<SemaphorePermit<'_>> {
        if self.bytes.load(Ordering::Relaxed) < MUCH {
            return None;
        }
        self.turns.questions.acquire().await.ok()
    }

    pub(super) fn is_costly(&self) -> bool {
        self.cost.load(Ordering::Relaxed) >= COSTLY
    }

    /// Waits until a message that is there may be looked at: behind whatever else this thread has to do, where the device has
    /// cost much so far. Its turn lasts while this is held; to wait for the network meanwhile keeps the others waiting.
    pub(super) async fn message(&self) -> Option<SemaphorePermit<'_>> {
        if !self.is_costly() {
            return None;
        }
        let turn = self.turns.messages.acquire().await.ok();
        tokio::task::yield_now().await;
        turn
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

    /// A message has come.
    pub(super) fn charge(&self, bytes: usize) -> Result<(), Trouble> {
        let bytes = bytes as u64;
        self.cost(bytes.max(MESSAGE));
        let all = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if all > self.most_bytes {
            return Err(Trouble::Spent(format!("the device sent more than {} bytes in all", self.most_bytes)));
        }
        Ok(())
    }

    /// Values were read.
    pub(super) fn charge_for_values(&self, number: usize) {
        self.cost((number as u64).saturating_mul(VALUE));
    }

    /// So many messages, or values, that lead nowhere: answers to nothing that was asked, what was there before.
    pub(super) fn charge_for_nothing(&self, number: u64) {
        self.cost(number.saturating_mul(NOTHING));
    }

    fn cost(&self, more: u64) {
        let before = self.cost.fetch_add(more, Ordering::Relaxed);
        if before < COSTLY
            && before.saturating_add(more) >= COSTLY
            && let Some(tell) = &self.costly
        {
            tell();
        }
    }
}

/// `300 s`, `1.5 s`
pub(super) fn words(time: Duration) -> String {
    format!("{} s", time.as_secs_f32())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn budget() -> (Budget, Arc<AtomicUsize>) {
        let told = Arc::new(AtomicUsize::new(0));
        let kept = Arc::clone(&told);
        let tell: Costly = Arc::new(move || {
            kept.fetch_add(1, Ordering::Relaxed);
        });
        (Budget::new(&SnmpSettings::default(), Arc::default(), Some(tell)), told)
    }

    #[test]
    fn a_device_costs_much_by_bytes_by_messages_and_sooner_by_what_answers_nothing() {
        let until = |each: &dyn Fn(&Budget)| {
            let (budget, told) = budget();
            let messages = (1..).find(|_| {
                each(&budget);
                budget.is_costly()
            });
            each(&budget);
            (messages, told.load(Ordering::Relaxed))
        };
        assert_eq!(until(&|budget| budget.charge(16 << 10).unwrap()), (Some(2), 1));
        assert_eq!(until(&|budget| budget.charge(40).unwrap()), (Some(128), 1));
        let nothing = |budget: &Budget| {
            budget.charge(40).unwrap();
            budget.charge_for_nothing(1);
        };
        assert_eq!(until(&nothing), (Some(15), 1));
        assert_eq!(until(&|budget| budget.charge_for_values(100)), (Some(6), 1));
    }

    #[tokio::test]
    async fn a_message_of_a_costly_device_is_looked_at_behind_those_of_others() {
        let (cheap, costly) = (budget().0, budget().0);
        costly.charge(1 << 20).unwrap();
        let order = std::sync::Mutex::new(Vec::new());
        let say = |who| order.lock().unwrap().push(who);
        let first = async {
            let turn = costly.message().await;
            say("costly");
            turn.is_some()
        };
        let second = async {
            let turn = cheap.message().await;
            say("cheap");
            turn.is_some()
        };
        assert_eq!(tokio::join!(first, second), (true, false));
        assert_eq!(order.into_inner().unwrap(), ["cheap", "costly"]);
    }
}
