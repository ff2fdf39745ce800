//! How many devices are asked at the same time: so many, but one that takes far longer than the others leaves its slot to
//! the next. Devices that never come to an end are few in honest networks; in others they must not keep the rest waiting.

use std::time::{Duration, Instant};

/// What is waited for a device before its slot is given to another: at least, and at most, which is also what is waited while
/// no device has shown how long they take. Where nobody answers, all take as long.
const LEAST: Duration = Duration::from_millis(250);
const MOST: Duration = Duration::from_secs(10);
/// So many times as long as the others.
const TIMES: u32 = 3;

pub(super) struct Slots {
    parallel: usize,
    /// Those that are being asked, since when, the oldest first.
    asked: Vec<(u64, Instant)>,
    /// How long a device takes: a moving average over those that came to an end.
    usual: Option<Duration>,
}

impl Slots {
    pub(super) fn new(parallel: usize) -> Self {
        Self { parallel, asked: Vec::new(), usual: None }
    }

    fn patience(&self) -> Duration {
        self.usual.map_or(MOST, |usual| (usual * TIMES).clamp(LEAST, MOST))
    }

    /// Whether another device may be asked. Never more than twice as many as were wished for: each takes memory.
    pub(super) fn is_free(&self, now: Instant) -> bool {
        let patience = self.patience();
        let counted = self.asked.iter().filter(|(_, since)| now.saturating_duration_since(*since) < patience).count();
        counted < self.parallel && self.asked.len() < 2 * self.parallel
    }

    pub(super) fn taken(&mut self, unit: u64, now: Instant) {
        self.asked.push((unit, now));
    }

    pub(super) fn left(&mut self, unit: u64, now: Instant) {
        let Some(at) = self.asked.iter().position(|(asked, _)| *asked == unit) else { return };
        let (_, since) = self.asked.remove(at);
        let took = now.saturating_duration_since(since);
        self.usual = Some(self.usual.map_or(took, |usual| (usual * 7 + took.min(MOST)) / 8));
    }

    /// Until the next slot is given away; for ever where none will be.
    pub(super) async fn next(&self) {
        let (now, patience) = (Instant::now(), self.patience());
        let is_full = self.asked.len() >= 2 * self.parallel;
        let next = self.asked.iter().map(|(_, since)| *since + patience).find(|end| *end > now);
        match next.filter(|_| !is_full && self.asked.len() >= self.parallel) {
            Some(end) => tokio::time::sleep_until(end.into()).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_without_end_leaves_its_slot_to_the_next() {
        let (begin, at) = (Instant::now(), |ms| Duration::from_millis(ms));
        let mut slots = Slots::new(2);
        slots.taken(0, begin);
        slots.taken(1, begin);
        assert!(!slots.is_free(begin + at(9_900)) && slots.is_free(begin + at(10_000)));
        // One came soon: the other has had thrice as long, and more.
        slots.left(0, begin + at(100));
        assert!(slots.is_free(begin + at(100)));
        slots.taken(2, begin + at(100));
        assert!(!slots.is_free(begin + at(240)), "the least that is waited");
        assert!(slots.is_free(begin + at(300)));
        slots.taken(3, begin + at(300));
        slots.taken(4, begin + at(600));
        assert!(!slots.is_free(begin + at(5000)), "twice as many and no more");
    }

    #[test]
    fn devices_that_all_take_long_are_waited_for() {
        let begin = Instant::now();
        let mut slots = Slots::new(1);
        slots.taken(0, begin);
        slots.left(0, begin + Duration::from_secs(60));
        slots.taken(1, begin);
        assert!(!slots.is_free(begin + Duration::from_secs(9)) && slots.is_free(begin + Duration::from_secs(10)));
    }
}
