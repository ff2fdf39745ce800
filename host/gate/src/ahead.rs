//! Allowances that are drawn on ahead, in blocks: whoever keeps the [`Ledger`] in a file writes it once a block and not once
//! a call.
//!
//! A block is taken from the ledger before the first call of it goes through, and what is left of it is given back at the
//! end. So a crash loses what was left, and never gives more than was granted. Blocks begin small and double while they are
//! used up: a run that draws once takes one.

use crate::counters::{Draw, Full, Ledger};
use crate::host_set::HostSet;
use crate::terms::{Counted, Period};
use std::collections::BTreeMap;

/// Of an allowance, at most so much is ahead: of one that is waited for more, since it is lost for less than a second.
const PART: u64 = 64;
const PART_OF_A_SECOND: u64 = 8;

/// What one process has ahead, by allowance.
#[derive(Debug, Default)]
pub struct Ahead(BTreeMap<String, Block>);

#[derive(Debug, Default)]
struct Block {
    /// Of which time of the allowance: when that began, when it is whole again.
    since: u64,
    until: Option<u64>,
    left: u64,
    /// What was taken ahead the last time.
    size: u64,
    /// Only for hosts: those that count no more, and those of them that the ledger does not know.
    known: HostSet,
    fresh: HostSet,
    /// Nothing is left of the allowance, whoever asks, until it is whole again.
    full: Option<Full>,
}

impl Ahead {
    /// Takes all of it from what is there, or nothing: false.
    pub fn take(&mut self, draws: &[Draw], now: u64) -> bool {
        if !self.has(draws, now) {
            return false;
        }
        for draw in draws {
            let Some(block) = self.0.get_mut(&draw.key) else { continue };
            block.left = block.left.saturating_sub(block.new_in(draw));
            for host in &draw.hosts {
                block.fresh.insert(*host);
                block.known.insert(*host);
            }
        }
        true
    }

    /// Whether all of it is there.
    pub fn has(&self, draws: &[Draw], now: u64) -> bool {
        let mut wanted: BTreeMap<&str, u64> = BTreeMap::new();
        draws.iter().all(|draw| {
            let Some(block) = self.0.get(&draw.key).filter(|block| block.holds(now)) else { return false };
            let more = wanted.entry(&draw.key).or_default();
            *more = more.saturating_add(block.new_in(draw));
            *more <= block.left
        })
    }

    /// That there is nothing to be had, as far as that is known without asking the ledger.
    pub fn full(&self, draws: &[Draw], now: u64) -> Option<Full> {
        let full = |draw: &Draw| self.0.get(&draw.key)?.full.clone();
        draws.iter().filter_map(full).find(|full| full.resets.is_some_and(|resets| now < resets))
    }

    /// Takes all of it from the ledger, or nothing, and of each allowance a block for the next ones. What was ahead of these
    /// allowances is given back first, so the ledger has changed either way.
    pub fn refill(&mut self, ledger: &mut Ledger, draws: &[Draw], now: u64) -> Result<(), Full> {
        for draw in draws {
            self.settle(ledger, &draw.key, now);
        }
        if let Err(full) = ledger.take(draws, now) {
            if let Some(block) =
                draws.iter().find(|draw| draw.rule == full.rule).and_then(|draw| self.0.get_mut(&draw.key))
            {
                block.full = (full.used >= full.most).then(|| full.clone());
            }
            return Err(full);
        }
        for draw in draws.iter().filter(|draw| is_taken_ahead(draw)) {
            let block = self.0.entry(draw.key.clone()).or_default();
            let part = if draw.period == Period::Second { PART_OF_A_SECOND } else { PART };
            let most = (draw.most / part).min(draw.most.saturating_sub(ledger.used(&draw.key, now)));
            let size = block.size.saturating_mul(2).max(1).min(most);
            let Some((since, until, hosts)) = ledger.reserve(&draw.key, size) else { continue };
            let known = hosts.clone();
            *block = Block { since, until, left: size, size, known, ..Block::default() };
        }
        Ok(())
    }

    /// Gives everything back.
    pub fn give_back(&mut self, ledger: &mut Ledger, now: u64) {
        let keys: Vec<String> = self.0.keys().cloned().collect();
        keys.iter().for_each(|key| self.settle(ledger, key, now));
    }

    /// The ledger as it is without what is ahead: what others have of it.
    pub fn without(&self, ledger: &Ledger, draws: &[Draw], now: u64) -> Ledger {
        let mut other = ledger.clone();
        for draw in draws {
            if let Some(block) = self.0.get(&draw.key).filter(|block| block.holds(now)) {
                other.give_back(&draw.key, (block.since, block.until), block.left, &block.fresh);
            }
        }
        other
    }

    /// Nothing of it is known to be kept: as if it had never been there.
    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// True when there is nothing to give back.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|block| block.left == 0 && block.fresh.is_empty())
    }

    fn settle(&mut self, ledger: &mut Ledger, key: &str, now: u64) {
        let Some(block) = self.0.get_mut(key) else { return };
        if block.holds(now) {
            ledger.give_back(key, (block.since, block.until), block.left, &block.fresh);
        }
        *block = Block { size: block.size, full: block.full.take(), ..Block::default() };
    }
}

impl Block {
    fn holds(&self, now: u64) -> bool {
        self.since > 0 && self.until.is_none_or(|until| now < until)
    }

    fn new_in(&self, draw: &Draw) -> u64 {
        draw.new_beside(&self.known)
    }
}

/// Runs are few, and bytes are known only when they are there.
fn is_taken_ahead(draw: &Draw) -> bool {
    matches!(draw.counted, Counted::Packets | Counted::Hosts | Counted::Calls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{Allowance, Shared};
    use crate::{Ask, Verb};
    use proptest::prelude::*;

    const DAY: u64 = 86_400_000;
    const NOW: u64 = 1_000_000;

    fn draws(counted: Counted, period: Period, most: u64, host: u8) -> Vec<Draw> {
        let allowance = Allowance { counted, period, most, shared: Shared::Machine, rule: "limits".into() };
        let ask = Ask { addresses: vec![[10, 1, 0, host].into()], ..Ask::new(Verb::NetProbe) };
        vec![Draw::of(&allowance, &ask).unwrap()]
    }

    /// One process: how often it went to the ledger.
    #[derive(Default)]
    struct Process(Ahead, usize);

    impl Process {
        fn take(&mut self, ledger: &mut Ledger, draws: &[Draw], now: u64) -> bool {
            if self.0.take(draws, now) {
                return true;
            }
            self.1 += 1;
            self.0.refill(ledger, draws, now).is_ok()
        }
    }

    #[test]
    fn the_ledger_is_asked_once_a_block_and_everything_is_given_out() {
        let (mut ledger, mut process) = (Ledger::default(), Process::default());
        let draws = draws(Counted::Packets, Period::Day, 6_400, 1);
        for _ in 0..6_400 {
            assert!(process.take(&mut ledger, &draws, NOW));
        }
        assert!(process.1 < 80, "{}", process.1);
        assert!(!process.take(&mut ledger, &draws, NOW) && process.take(&mut ledger, &draws, NOW + DAY));
    }

    #[test]
    fn what_was_not_needed_comes_back_and_a_crash_only_loses_it() {
        let draws = draws(Counted::Packets, Period::Day, 640, 1);
        for is_crash in [false, true] {
            let (mut ledger, mut process, mut given) = (Ledger::default(), Process::default(), 0);
            for _ in 0..25 {
                given += u64::from(process.take(&mut ledger, &draws, NOW));
            }
            if !is_crash {
                process.0.give_back(&mut ledger, NOW);
            }
            let mut next = Process::default();
            while next.take(&mut ledger, &draws, NOW) {
                given += 1;
            }
            assert_eq!(given == 640, !is_crash, "{given}");
            assert!((630..=640).contains(&given), "{given}");
        }
    }

    #[test]
    fn a_host_counts_once_for_everybody_who_looks_at_what_is_kept() {
        let (mut ledger, mut first, mut second) = (Ledger::default(), Process::default(), Process::default());
        let of = |host: u8| draws(Counted::Hosts, Period::Day, 200, host);
        for host in (0..100).chain(0..100) {
            assert!(first.take(&mut ledger, &of(host), NOW));
        }
        first.0.give_back(&mut ledger, NOW);
        for host in (0..100).chain(100..200) {
            assert!(second.take(&mut ledger, &of(host), NOW), "{host}");
        }
        assert!(!second.take(&mut ledger, &of(200), NOW) && second.take(&mut ledger, &of(7), NOW));
    }

    #[test]
    fn what_is_ahead_ends_with_its_time() {
        let (mut ledger, mut process) = (Ledger::default(), Process::default());
        let draws = draws(Counted::Packets, Period::Second, 16, 1);
        assert!(process.take(&mut ledger, &draws, NOW) && process.0.has(&draws, NOW + 999));
        assert!(!process.0.has(&draws, NOW + 1_000));
        for _ in 0..15 {
            assert!(process.take(&mut ledger, &draws, NOW + 1));
        }
        assert!(!process.take(&mut ledger, &draws, NOW + 2));
        let asked = process.1;
        assert!(process.0.full(&draws, NOW + 3).is_some() && process.0.full(&draws, NOW + 1_000).is_none());
        assert!(process.take(&mut ledger, &draws, NOW + 1_000) && process.1 == asked + 1);
    }

    proptest! {
        /// Whatever processes do, and whichever of them crash: in one time of an allowance never more than the whole.
        #[test]
        fn never_more_than_granted(
            most in 1_u64..300,
            steps in prop::collection::vec((0_usize..3, 0_u8..8, 0_u8..40), 1..600),
            by_host in any::<bool>(),
        ) {
            let counted = if by_host { Counted::Hosts } else { Counted::Packets };
            let mut ledger = Ledger::default();
            let mut processes: Vec<Process> = (0..3).map(|_| Process::default()).collect();
            let (mut given, mut hosts) = (0, std::collections::BTreeSet::new());
            for (who, what, host) in steps {
                let draws = draws(counted, Period::Day, most, host);
                match what {
                    0 => processes[who] = Process::default(),
                    1 => {
                        processes[who].0.give_back(&mut ledger, NOW);
                    }
                    _ if processes[who].take(&mut ledger, &draws, NOW) => {
                        given += 1;
                        hosts.insert(host);
                    }
                    _ => {}
                }
            }
            let used = if by_host { hosts.len() as u64 } else { given };
            prop_assert!(used <= most, "{} of {}", used, most);
        }
    }
}
