//! Time that never goes back, over restarts of the program and of the machine.
//!
//! The latest time that was ever seen is kept with the counter of the running boot. From there time goes on as the
//! machine's own counter does, whatever its clock is set to; a clock that is ahead of it is believed.

use serde::{Deserialize, Serialize};
use std::fs;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the machine's clocks say, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub(crate) wall: u64,
    /// Since the machine was started, sleep included.
    pub(crate) since_boot: u64,
    /// Which start that was; none where the machine does not tell.
    pub(crate) boot: Option<String>,
}

/// The latest time that was seen, and where the counter of that boot stood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    time: u64,
    boot: Option<String>,
    since_boot: u64,
}

impl Clocks {
    pub(crate) fn now() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self { wall: u64::try_from(wall).unwrap_or(u64::MAX), since_boot: since_boot(), boot: BOOT.clone() }
    }
}

/// It is the same as long as this program is there.
static BOOT: LazyLock<Option<String>> =
    LazyLock::new(|| fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned()));

#[cfg(any(target_os = "linux", target_os = "android"))]
fn since_boot() -> u64 {
    use nix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::CLOCK_BOOTTIME).map(std::time::Duration::from).unwrap_or_default();
    u64::try_from(time.as_millis()).unwrap_or(0)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn since_boot() -> u64 {
    0
}

impl Mark {
    /// The time, given what the clocks say; never before the mark.
    pub(crate) fn time(&self, clocks: &Clocks) -> u64 {
        let passed = if self.boot.is_some() && self.boot == clocks.boot {
            clocks.since_boot.saturating_sub(self.since_boot)
        } else {
            0
        };
        clocks.wall.max(self.time.saturating_add(passed))
    }

    /// The mark of now.
    pub(crate) fn moved(&self, clocks: &Clocks) -> Mark {
        Mark { time: self.time(clocks), boot: clocks.boot.clone(), since_boot: clocks.since_boot }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clocks(wall: u64, since_boot: u64, boot: &str) -> Clocks {
        Clocks { wall, since_boot, boot: Some(boot.to_owned()) }
    }

    #[test]
    fn a_clock_set_back_gives_nothing() {
        let mark = Mark::default().moved(&clocks(1_000_000, 10, "a"));
        assert_eq!(mark.time(&clocks(5, 20, "a")), 1_000_010);
        // Not even over a restart.
        assert_eq!(mark.time(&clocks(5, 3, "b")), 1_000_000);
        let mark = mark.moved(&clocks(5, 3, "b"));
        assert_eq!(mark.time(&clocks(6, 103, "b")), 1_000_100);
    }

    #[test]
    fn a_clock_that_goes_right_is_the_time() {
        let mark = Mark::default().moved(&clocks(1_000, 10, "a"));
        assert_eq!(mark.time(&clocks(2_000, 1_010, "a")), 2_000);
        assert_eq!(mark.time(&clocks(90_000, 5, "b")), 90_000);
    }
}
