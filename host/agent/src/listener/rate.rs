//! So many requests of one address in a period: a sliding window for each address that came lately.

use super::connections::neighbour;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses that are remembered; when there are more, those that were heard of longest ago are forgotten.
const MOST_ADDRESSES: usize = 4096;

#[derive(Debug)]
pub(super) struct Rate {
    most: usize,
    period: Duration,
    seen: Mutex<BTreeMap<IpAddr, VecDeque<Instant>>>,
}

impl Rate {
    pub(super) fn new(most: u32, period: Duration) -> Self {
        // Nobody needs more of one address; it bounds what is remembered.
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(10_000);
        Self { most, period, seen: Mutex::default() }
    }

    /// Counts a request; false when there were too many, which then does not count.
    pub(super) fn take(&self, address: IpAddr, now: Instant) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_ADDRESSES {
            seen.retain(|_, times| times.back().is_some_and(|last| now.duration_since(*last) < self.period));
            let oldest = seen.iter().min_by_key(|(_, times)| times.back().copied()).map(|(address, _)| *address);
            if let (true, Some(oldest)) = (seen.len() >= MOST_ADDRESSES, oldest) {
                seen.remove(&oldest);
            }
        }
        let times = seen.entry(neighbour(address)).or_default();
        while times.front().is_some_and(|first| now.duration_since(*first) >= self.period) {
            times.pop_front();
        }
        let has_room = times.len() < self.most;
        if has_room {
            times.push_back(now);
        }
        has_room
    }

    /// Whether the next would be one too many; counts nothing.
    pub(super) fn is_used_up(&self, address: IpAddr, now: Instant) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.get(&neighbour(address)).into_iter().flatten();
        times.filter(|time| now.duration_since(**time) < self.period).count() >= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_slides() {
        let rate = Rate::new(2, Duration::from_secs(10));
        let start = Instant::now();
        let at = |seconds| rate.take([192, 0, 2, 1].into(), start + Duration::from_secs(seconds));
        assert!(at(0) && at(4) && !at(5) && !at(9));
        assert!(at(10), "the first is ten seconds ago, and those that were refused do not count");
        assert!(!at(13) && at(14));
        assert!(rate.take([192, 0, 2, 2].into(), start), "another address");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let rate = Rate::new(1, Duration::from_secs(10));
        let start = Instant::now();
        for n in 0..10_000_u32 {
            assert!(rate.take(std::net::Ipv4Addr::from_bits(n).into(), start + Duration::from_micros(n.into())));
        }
        assert!(rate.seen.lock().unwrap().len() <= MOST_ADDRESSES);
        assert!(rate.is_used_up(std::net::Ipv4Addr::from_bits(9_999).into(), start));
    }
}
