//! How many devices are asked at the same time: so many, but one that takes far longer than the others leaves its slot to
//! the next, and so does one that turns out to cost much. Devices that never come to an end are few in honest networks; in
//! others they must not keep the rest waiting.

use std::time::{Duration, Instant};

/// What is waited for a device before its slot is given to another: at least, and at most, which is also what is waited while
/// no device has shown how long they take. Where nobody answers, all take as long.
const LEAST: Duration = Duration::from_millis(250);
const MOST: Duration = Duration::from_secs(10);
/// So many times as long as the others.
const TIMES: u32 = 3;

pub(super) struct Slots {
    parallel: usize,
    /// Those that are being asked, the oldest first.
    asked: Vec<Asked>,
    /// How long a device takes: a moving average over those that came to an end.
    usual: Option<Duration>,
}

struct Asked {
    unit: u64,
    since: Instant,
    costs_much: bool,
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
        self.counted(now) < self.parallel && !self.is_full()
    }

    fn is_full(&self) -> bool {
        self.asked.len() >= 2 * self.parallel
    }

    /// Those that have a slot.
    fn counted(&self, now: Instant) -> usize {
        let patience = self.patience();
        let has_slot = |one: &&Asked| !one.costs_much && now.saturating_duration_since(one.since) < patience;
        self.asked.iter().filter(has_slot).count()
    }

    pub(super) fn taken(&mut self, unit: u64, now: Instant) {
        self.asked.push(Asked { unit, since: now, costs_much: false });
    }

    /// It sends so much that it is looked at behind the others from now on: its slot goes to the next.
    pub(super) fn costs_much(&mut self, unit: u64) {
        if let Some(one) = self.asked.iter_mut().find(|one| one.unit == unit) {
            one.costs_much = true;
        }
    }

    pub(super) fn left(&mut self, unit: u64, now: Instant) {
        let Some(at) = self.asked.iter().position(|asked| asked.unit == unit) else { return };
        let Asked { since, .. } = self.asked.remove(at);
        let took = now.saturating_duration_since(since);
        self.usual = Some(self.usual.map_or(took, |usual| (usual * 7 + took.min(MOST)) / 8));
    }

    /// Until the next slot is given away; for ever where none will be.
    pub(super) async fn next(&self) {
        let (now, patience) = (Instant::now(), self.patience());
        let with_slot = self.asked.iter().filter(|one| !one.costs_much);
        let next = with_slot.map(|one| one.since + patience).find(|end| *end > now);
        match next.filter(|_| !self.is_full() && self.counted(now) >= self.parallel) {
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
    fn a_device_that_costs_much_leaves_its_slot_at_once() {
        let begin = Instant::now();
        let mut slots = Slots::new(2);
        slots.taken(0, begin);
        slots.taken(1, begin);
        assert!(!slots.is_free(begin));
        slots.costs_much(0);
        slots.costs_much(7);
        assert!(slots.is_free(begin));
        slots.taken(2, begin);
        assert!(!slots.is_free(begin));
        slots.costs_much(1);
        slots.taken(3, begin);
        slots.costs_much(2);
        assert!(!slots.is_free(begin), "twice as many and no more");
        slots.left(0, begin);
        assert!(slots.is_free(begin));
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
