//! What was used of allowances, in a file: it outlives runs and restarts, and several processes draw on the same.

use crate::locked_file::{Keep, LockedFile};
use crate::steady_clock::{Clocks, Mark};
use airlock_gate::counters::{Draw, Ledger};
use airlock_gate::guards::{Counters, NoRoom, Waiting};
use airlock_gate::terms::Period;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// 70,000 hosts are about a megabyte.
const LARGEST: u64 = 64 << 20;

type ReadClocks = Arc<dyn Fn() -> Clocks + Send + Sync>;

#[derive(Clone)]
pub struct CountersFile {
    file: LockedFile,
    mark: Arc<Mutex<Mark>>,
    clocks: ReadClocks,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    mark: Mark,
    used: Ledger,
}

impl CountersFile {
    /// In the folder of the program's state.
    pub fn open(state: &Path) -> io::Result<Self> {
        Self::with(state, Arc::new(Clocks::now))
    }

    fn with(state: &Path, clocks: ReadClocks) -> io::Result<Self> {
        let file = LockedFile::new(state.join("counters.json"), LARGEST);
        let mark = file.change(|kept: &mut Kept| {
            kept.mark = kept.mark.moved(&clocks());
            (Some(Keep::InCache), kept.mark.clone())
        })?;
        Ok(Self { file, mark: Arc::new(Mutex::new(mark)), clocks })
    }

    /// Seconds since 1970, as this counts them.
    pub fn seconds(&self) -> u64 {
        self.millis() / 1_000
    }

    fn millis(&self) -> u64 {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner).time(&(self.clocks)())
    }

    fn change<R>(&self, change: impl FnOnce(&mut Kept, u64) -> (Option<Keep>, R)) -> Result<R, NoRoom> {
        let changed = self.file.change(|kept: &mut Kept| {
            // Another process may have seen a later time.
            kept.mark = kept.mark.moved(&(self.clocks)());
            self.mark.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&kept.mark);
            let now = kept.mark.time(&(self.clocks)());
            change(kept, now)
        });
        changed.map_err(|error| NoRoom::Unknown(error.to_string()))
    }
}

impl Counters for CountersFile {
    fn now(&self) -> Timestamp {
        let millis = i64::try_from(self.millis()).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    fn room(&self, draws: &[Draw]) -> Result<(), NoRoom> {
        if draws.is_empty() {
            return Ok(());
        }
        self.change(|kept, now| (None, kept.used.room(draws, now)))?.map_err(NoRoom::Full)
    }

    fn take(&self, draws: &[Draw]) -> Result<(), NoRoom> {
        if draws.is_empty() {
            return Ok(());
        }
        // A second is over before a machine is up again.
        let keep = if draws.iter().all(|draw| draw.period == Period::Second) { Keep::InCache } else { Keep::OnDisk };
        self.change(|kept, now| {
            let taken = kept.used.take(draws, now);
            (taken.is_ok().then_some(keep), taken)
        })?
        .map_err(NoRoom::Full)
    }

    fn wait(&self, millis: u64) -> Waiting<'_> {
        Box::pin(tokio::time::sleep(Duration::from_millis(millis)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_gate::terms::{Allowance, Counted, Shared};
    use std::fs;
    use std::sync::atomic::{AtomicU64, Ordering};

    const DAY: u64 = 86_400_000;

    fn runs(most: u64) -> Vec<Draw> {
        let shared = Shared::Server("hq".into());
        let rule = "runs_per_day".into();
        vec![Draw::run(&Allowance { counted: Counted::Runs, period: Period::Day, most, shared, rule })]
    }

    /// Clocks that a test sets: the one on the wall, and the machine's own counter.
    struct Set(AtomicU64, AtomicU64);

    fn clocks(set: &Arc<Set>) -> ReadClocks {
        let set = Arc::clone(set);
        Arc::new(move || Clocks {
            wall: set.0.load(Ordering::Relaxed),
            since_boot: set.1.load(Ordering::Relaxed),
            boot: Some("a".into()),
        })
    }

    #[test]
    fn what_is_spent_stays_spent_over_restarts_and_with_the_clock_set_back() {
        let folder = tempfile::tempdir().unwrap();
        let set = Arc::new(Set(AtomicU64::new(1_000 * DAY), AtomicU64::new(5)));
        let open = || CountersFile::with(folder.path(), clocks(&set)).unwrap();
        assert_eq!(open().take(&runs(2)), Ok(()));
        assert_eq!(open().take(&runs(2)), Ok(()));
        assert!(matches!(open().take(&runs(2)), Err(NoRoom::Full(_))));
        set.0.store(10 * DAY, Ordering::Relaxed);
        let counters = open();
        assert!(counters.now() >= Timestamp::from_millisecond(1_000 * 86_400_000).unwrap());
        assert!(matches!(counters.take(&runs(2)), Err(NoRoom::Full(_))));
        // A day later by the machine's own counter.
        set.1.store(5 + DAY, Ordering::Relaxed);
        assert_eq!(counters.room(&runs(2)), Ok(()));
        assert_eq!(open().take(&runs(2)), Ok(()));
    }

    #[tokio::test]
    async fn a_rate_is_waited_for_by_the_machines_clock() {
        let folder = tempfile::tempdir().unwrap();
        let counters = CountersFile::open(folder.path()).unwrap();
        let (before, began) = (counters.millis(), std::time::Instant::now());
        counters.wait(30).await;
        assert!(began.elapsed() >= Duration::from_millis(30) && counters.millis() >= before + 25);
    }

    #[test]
    fn a_damaged_file_gives_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let counters = CountersFile::open(folder.path()).unwrap();
        fs::write(folder.path().join("counters.json"), "{").unwrap();
        assert!(matches!(counters.take(&runs(2)), Err(NoRoom::Unknown(_))));
        assert!(matches!(counters.room(&runs(2)), Err(NoRoom::Unknown(_))));
        assert!(CountersFile::open(folder.path()).is_err());
    }

    #[test]
    fn several_processes_share_an_allowance() {
        let folder = tempfile::tempdir().unwrap();
        let taken = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let counters = CountersFile::open(folder.path()).unwrap();
                    for _ in 0..10 {
                        let ok = counters.take(&runs(15)).is_ok();
                        taken.fetch_add(u64::from(ok), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(taken.load(Ordering::Relaxed), 15);
    }
}
