//! What was used of allowances, in a file: it outlives runs and restarts, and several processes draw on the same. The file is
//! written once a block of calls ([`Ahead`]) and not once a call.

use crate::locked_file::{Keep, LockedFile};
use crate::steady_clock::{Clocks, Mark};
use airlock_gate::ahead::Ahead;
use airlock_gate::counters::{Draw, Ledger};
use airlock_gate::guards::{Counters, NoRoom, Waiting};
use airlock_gate::terms::Period;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// 70,000 hosts are about a megabyte.
const LARGEST: u64 = 64 << 20;

type ReadClocks = Arc<dyn Fn() -> Clocks + Send + Sync>;

#[derive(Clone)]
pub struct CountersFile(Arc<Shared>);

struct Shared {
    file: LockedFile,
    mark: Mutex<Mark>,
    clocks: ReadClocks,
    /// Held while the file is changed.
    ahead: Mutex<Ahead>,
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
        let (mark, ahead) = (Mutex::new(mark), Mutex::default());
        Ok(Self(Arc::new(Shared { file, mark, clocks, ahead })))
    }

    /// Seconds since 1970, as this counts them.
    pub fn seconds(&self) -> u64 {
        self.0.millis() / 1_000
    }
}

impl Shared {
    fn millis(&self) -> u64 {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner).time(&(self.clocks)())
    }

    fn ahead(&self) -> MutexGuard<'_, Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
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

impl Drop for Shared {
    /// What was taken ahead and not used is there for others again. Where that cannot be kept, it is lost, not given twice.
    fn drop(&mut self) {
        let mut ahead = std::mem::take(&mut *self.ahead());
        if ahead.is_empty() {
            return;
        }
        let given = self.change(|kept, now| {
            ahead.give_back(&mut kept.used, now);
            (Some(Keep::InCache), ())
        });
        if let Err(why) = given {
            tracing::debug!("what was not used of allowances is lost: {why}");
        }
    }
}

impl Counters for CountersFile {
    fn now(&self) -> Timestamp {
        let millis = i64::try_from(self.0.millis()).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    fn room(&self, draws: &[Draw]) -> Result<(), NoRoom> {
        let ahead = self.0.ahead();
        if draws.is_empty() || ahead.has(draws, self.0.millis()) {
            return Ok(());
        }
        let room = self.0.change(|kept, now| (None, ahead.without(&kept.used, draws, now).room(draws, now)));
        room?.map_err(NoRoom::Full)
    }

    fn take(&self, draws: &[Draw]) -> Result<(), NoRoom> {
        if draws.is_empty() {
            return Ok(());
        }
        let mut ahead = self.0.ahead();
        let now = self.0.millis();
        if ahead.take(draws, now) {
            return Ok(());
        }
        if let Some(full) = ahead.full(draws, now) {
            return Err(NoRoom::Full(full));
        }
        // A second is over before a machine is up again.
        let is_brief = draws.iter().all(|draw| draw.period == Period::Second);
        let taken = self.0.change(|kept, now| {
            let taken = ahead.refill(&mut kept.used, draws, now);
            // What was only given back may be lost.
            (Some(if is_brief || taken.is_err() { Keep::InCache } else { Keep::OnDisk }), taken)
        });
        // Of what is not in the file nothing is given.
        taken.inspect_err(|_| ahead.forget())?.map_err(NoRoom::Full)
    }

    fn wait(&self, millis: u64) -> Waiting<'_> {
        Box::pin(tokio::time::sleep(Duration::from_millis(millis)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_gate::terms::{Allowance, Counted, Shared};
    use airlock_gate::{Ask, Verb};
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
        let (before, began) = (counters.0.millis(), std::time::Instant::now());
        counters.wait(30).await;
        assert!(began.elapsed() >= Duration::from_millis(30) && counters.0.millis() >= before + 25);
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

    fn packets(period: Period, most: u64) -> Vec<Draw> {
        let shared = Shared::Server("hq".into());
        let allowance = Allowance { counted: Counted::Packets, period, most, shared, rule: "pps".into() };
        let ask = Ask { addresses: vec![[10, 1, 0, 7].into()], ..Ask::new(Verb::NetProbe) };
        vec![Draw::of(&allowance, &ask).unwrap()]
    }

    /// How often the file is another one.
    fn writes(folder: &Path, mut each: impl FnMut() -> bool, times: usize) -> usize {
        use std::os::unix::fs::MetadataExt;
        let stamp = || fs::metadata(folder.join("counters.json")).map(|file| (file.ino(), file.mtime_nsec())).unwrap();
        let (mut last, mut count) = (stamp(), 0);
        for _ in 0..times {
            assert!(each());
            count += usize::from(stamp() != last);
            last = stamp();
        }
        count
    }

    #[test]
    fn the_file_is_written_once_a_block_and_a_crash_gives_no_more_than_was_granted() {
        let folder = tempfile::tempdir().unwrap();
        let set = Arc::new(Set(AtomicU64::new(1_000 * DAY), AtomicU64::new(5)));
        let open = || CountersFile::with(folder.path(), clocks(&set)).unwrap();
        let counters = open();
        let draws = packets(Period::Day, 6_400);
        let count = writes(folder.path(), || counters.take(&draws).is_ok(), 2_000);
        assert!((5..60).contains(&count), "{count}");
        // A rate is only as long as its second.
        let second = packets(Period::Second, 800);
        let count = writes(folder.path(), || counters.take(&second).is_ok(), 800);
        assert!((3..30).contains(&count), "{count}");
        assert!(matches!(counters.take(&second), Err(NoRoom::Full(_))));
        // As a kill leaves it: nothing is given back.
        std::mem::forget(counters);
        let after = open();
        let left = (0..10_000).take_while(|_| after.take(&draws).is_ok()).count();
        assert!((4_300..=4_400).contains(&left), "{left}");
        drop(after);
        assert!(open().take(&draws).is_err());
    }

    #[test]
    fn what_was_not_used_is_there_again_after_an_orderly_end() {
        let folder = tempfile::tempdir().unwrap();
        let draws = packets(Period::Day, 640);
        let take = |times| {
            let counters = CountersFile::open(folder.path()).unwrap();
            (0..times).take_while(|_| counters.take(&draws).is_ok()).count()
        };
        assert_eq!(take(25) + take(33) + take(1_000), 640);
    }
}
