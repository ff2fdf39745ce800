//! Tasks that crash again and again: each crash makes the next run wait twice as long, and after a number of them in a row the
//! component is run no more until the owner lets it. Counted by digest, so that another name is no way around it, and noted
//! before the run: one that takes the whole program down counts too.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds after the first crash; doubled with each further one.
const FIRST_WAIT: u64 = 30;
const LONGEST_WAIT: u64 = 6 * 3600;
/// Crashes in a row after which a component is not run any more.
const QUARANTINE: u32 = 10;
/// Components that are remembered: those that crashed last.
const MOST: usize = 1000;

/// What is known of components that crash, as a value that can be kept in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crashes {
    components: BTreeMap<String, Crashed>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Crashed {
    in_a_row: u32,
    /// In seconds since 1970.
    last: u64,
}

/// Why a component is not run now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wait {
    #[error("it crashed {crashes} times in a row; it is tried again in {seconds} s")]
    BackOff { crashes: u32, seconds: u64 },
    #[error("it crashed {crashes} times in a row and is not run any more, until the owner lets it")]
    Quarantine { crashes: u32 },
}

impl Crashes {
    /// Whether a component may run at a moment; the run counts as a crash until [`Crashes::ended_well`] says otherwise.
    pub fn begin(&mut self, digest: &str, now: u64) -> Result<(), Wait> {
        let known = self.components.get(digest).cloned().unwrap_or_default();
        let crashes = known.in_a_row;
        if crashes >= QUARANTINE {
            return Err(Wait::Quarantine { crashes });
        }
        // A clock that was set back makes nobody wait longer than from now.
        let waited = now.saturating_sub(known.last.min(now));
        let wait = wait_after(crashes);
        if known.last > now || waited < wait {
            return Err(Wait::BackOff { crashes, seconds: wait.saturating_sub(waited) });
        }
        if !self.components.contains_key(digest) && self.components.len() >= MOST {
            let oldest = self.components.iter().min_by_key(|(_, crashed)| crashed.last).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| self.components.remove(&oldest));
        }
        self.components.insert(digest.to_owned(), Crashed { in_a_row: crashes.saturating_add(1), last: now });
        Ok(())
    }

    /// The run that began last did not crash: whatever else came of it, the component is as good as new.
    pub fn ended_well(&mut self, digest: &str) {
        self.components.remove(digest);
    }

    /// The owner lets a component run again.
    pub fn release(&mut self, digest: &str) -> bool {
        self.components.remove(digest).is_some()
    }
}

fn wait_after(crashes: u32) -> u64 {
    match crashes.checked_sub(1) {
        None => 0,
        Some(doublings) => FIRST_WAIT.saturating_mul(1 << doublings.min(30)).min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crash_doubles_the_wait_until_quarantine() {
        let mut crashes = Crashes::default();
        let mut now = 1_000_000;
        let mut waits = vec![];
        while waits.len() < 9 {
            crashes.begin("a", now).unwrap();
            let Err(Wait::BackOff { seconds, .. }) = crashes.begin("a", now) else { panic!("no wait") };
            waits.push(seconds);
            now += seconds;
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680]);
        crashes.begin("a", now).unwrap();
        assert_eq!(crashes.begin("a", u64::MAX), Err(Wait::Quarantine { crashes: 10 }));
        assert_eq!(crashes.begin("b", now), Ok(()));
        assert!(crashes.release("a") && !crashes.release("a"));
        assert_eq!(crashes.begin("a", now), Ok(()));
    }

    #[test]
    fn a_run_that_ends_well_forgets() {
        let mut crashes = Crashes::default();
        for now in 0..1000 {
            crashes.begin("a", now).unwrap();
            crashes.ended_well("a");
        }
        assert_eq!(crashes, Crashes::default());
    }

    #[test]
    fn memory_of_crashes_is_bounded() {
        let mut crashes = Crashes::default();
        for n in 0..5000 {
            crashes.begin(&n.to_string(), n).unwrap();
        }
        assert_eq!(crashes.components.len(), MOST);
        assert!(crashes.begin("4999", 4999).is_err());
    }
}
