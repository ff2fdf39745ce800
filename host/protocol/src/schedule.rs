//! When an agent goes to a server again: pure arithmetic. Time and chance are handed in.
//!
//! Moments are Unix seconds. `random` is a number drawn evenly from all of `u64`. A server's wish is bounded by the owner's
//! [`Interval`] before it is used: neither a storm nor a silence can be ordered.

use std::time::Duration;

/// What the owner allows between two contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub min: Duration,
    pub max: Duration,
}

/// A period within an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clamped {
    pub period: Duration,
    /// What was wished for, if that was outside.
    pub wished: Option<Duration>,
}

impl Interval {
    /// The nearest period that the owner allows; between a `min` above `max`, `max`.
    pub fn clamp(&self, wished: Duration) -> Clamped {
        let period = wished.max(self.min).min(self.max);
        Clamped { period, wished: (period != wished).then_some(wished) }
    }
}

/// A length of time between half of the period and all of it: servers see the agents of a fleet spread out. For the first
/// contact after installation the period is the initial delay.
pub fn drawn(period: Duration, random: u64) -> Duration {
    let half = period / 2;
    half + part(period - half, random)
}

/// A length of time from nothing to `most`: what `--wait` waits.
pub fn wait(most: Duration, random: u64) -> Duration {
    part(most, random)
}

/// The least time between the end of one run and the beginning of the next.
pub const PAUSE: Duration = Duration::from_secs(60);

/// The next run after one that began and ended at these moments. Counted from the beginning, so that how long runs take
/// does not move the schedule; but not before the last one has been over for [`PAUSE`].
pub fn next_run(began: u64, ended: u64, period: Duration, random: u64) -> u64 {
    began.saturating_add(drawn(period, random).as_secs()).max(ended.saturating_add(PAUSE.as_secs()))
}

/// A run that is missed by no more than this is simply late.
const LATE: u64 = 60;
/// Over how long missed runs are spread, at most.
const SPREAD: Duration = Duration::from_secs(600);

/// When the run that was planned for `planned` takes place, after a restart, a sleep, or a change of the clock. A plan
/// ahead is kept, unless it is further off than a period: then the clock or the period has changed, and it is drawn anew.
/// A missed run comes soon, but not at once: machines that wake together do not come together.
pub fn resumed(planned: u64, now: u64, period: Duration, random: u64) -> u64 {
    if planned > now {
        let latest = now.saturating_add(period.as_secs());
        return if planned <= latest { planned } else { now.saturating_add(drawn(period, random).as_secs()) };
    }
    if now - planned <= LATE {
        return now;
    }
    now.saturating_add(part(SPREAD.min(period / 2), random).as_secs())
}

/// How long to wait after the first failure.
pub const FIRST_RETRY: Duration = Duration::from_secs(60);

/// How long to wait after so many failures in a row (1 for the first): [`FIRST_RETRY`], doubled with each, at most `most`;
/// of that between half and all. What the server asked for by `Retry-After` counts when it is longer, up to `most`.
pub fn back_off(failures: u32, retry_after: Option<Duration>, most: Duration, random: u64) -> Duration {
    let doubled = FIRST_RETRY.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    drawn(doubled.min(most), random).max(retry_after.unwrap_or_default().min(most))
}

/// How often one pending answer is asked for.
pub const PENDING_TRIES: u32 = 12;
/// The longest time between two times of asking for it.
const PENDING_LONGEST: Duration = Duration::from_secs(600);

/// When to ask again for an answer that is pending, after so many times of asking: what the server says, but at least a
/// second and at most ten minutes. None when it is time to give up.
pub fn pending(expiration: Option<Duration>, tries: u32) -> Option<Duration> {
    let wished = expiration.unwrap_or(Duration::from_secs(10));
    (tries < PENDING_TRIES).then(|| wished.max(Duration::from_secs(1)).min(PENDING_LONGEST))
}

/// The same part of a length of time as `random` is of all numbers, to the second.
fn part(of: Duration, random: u64) -> Duration {
    let steps = u128::from(of.as_secs()) + 1;
    let seconds = (u128::from(random) * steps) >> 64;
    Duration::from_secs(u64::try_from(seconds).unwrap_or(of.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn seconds() -> impl Strategy<Value = Duration> {
        prop_oneof![0..100_000_u64, any::<u64>()].prop_map(Duration::from_secs)
    }

    #[test]
    fn the_ends_of_what_is_drawn() {
        assert_eq!(drawn(HOUR, 0), HOUR / 2);
        assert_eq!(drawn(HOUR, u64::MAX), HOUR);
        assert_eq!(wait(HOUR, u64::MAX), HOUR);
        assert_eq!(wait(Duration::ZERO, u64::MAX), Duration::ZERO);
        let back_offs: Vec<u64> = (1..8).map(|n| back_off(n, None, HOUR, u64::MAX).as_secs()).collect();
        assert_eq!(back_offs, [60, 120, 240, 480, 960, 1920, 3600]);
        assert_eq!(back_off(1, Some(HOUR), HOUR * 2, 0), HOUR);
        assert_eq!(back_off(1, Some(HOUR * 9), HOUR * 2, 0), HOUR * 2);
    }

    #[test]
    fn pending_answers_are_asked_for_twelve_times() {
        assert_eq!(pending(Some(Duration::ZERO), 0), Some(Duration::from_secs(1)));
        assert_eq!(pending(Some(Duration::from_secs(10)), 11), Some(Duration::from_secs(10)));
        assert_eq!(pending(Some(HOUR * 9999), 3), Some(PENDING_LONGEST));
        assert_eq!(pending(Some(HOUR), 12), None);
    }

    #[test]
    fn plans_after_a_restart() {
        assert_eq!(resumed(1_500, 1_000, HOUR, 0), 1_500, "ahead: kept");
        assert_eq!(resumed(990, 1_000, HOUR, u64::MAX), 1_000, "late: now");
        assert_eq!(resumed(0, 1_000, HOUR, u64::MAX), 1_600, "missed: soon");
        assert_eq!(resumed(1_000_000, 1_000, HOUR, 0), 1_000 + 1_800, "the clock was set back: anew");
    }

    proptest! {
        #[test]
        fn what_is_drawn_lies_between_half_and_all(period in seconds(), random: u64) {
            let drawn = drawn(period, random);
            prop_assert!(drawn >= period / 2 && drawn <= period);
        }

        #[test]
        fn what_is_drawn_is_even(random: u64) {
            // The lower half of all numbers gives the lower half of what can come.
            prop_assert!(drawn(HOUR, random & (u64::MAX >> 1)) <= HOUR / 2 + HOUR / 4);
            prop_assert!(drawn(HOUR, random | 1 << 63) >= HOUR / 2 + HOUR / 4);
        }

        #[test]
        fn a_wish_is_bounded(wished in seconds(), min in 0..10_000_u64, more in 0..100_000_u64) {
            let interval = Interval { min: Duration::from_secs(min), max: Duration::from_secs(min + more) };
            let clamped = interval.clamp(wished);
            prop_assert!(clamped.period >= interval.min && clamped.period <= interval.max);
            prop_assert_eq!(clamped.wished.is_none(), clamped.period == wished);
        }

        #[test]
        fn runs_neither_pile_up_nor_stop(began in 0..u64::MAX / 4, took in 0..1_000_000_u64, period in 0..10_000_000_u64, random: u64) {
            let period = Duration::from_secs(period);
            let next = next_run(began, began + took, period, random);
            prop_assert!(next >= began + took + PAUSE.as_secs());
            prop_assert!(next <= (began + period.as_secs()).max(began + took + PAUSE.as_secs()));
        }

        #[test]
        fn how_long_a_run_takes_does_not_move_the_schedule(began in 0..1_000_000_000_u64, took in 0..1_000_u64, random: u64) {
            prop_assert_eq!(next_run(began, began, HOUR, random), next_run(began, began + took, HOUR, random));
        }

        #[test]
        fn after_a_stop_the_run_is_never_past_and_never_beyond_a_period(planned: u64, now in 0..u64::MAX / 4, period in 0..10_000_000_u64, random: u64) {
            let next = resumed(planned, now, Duration::from_secs(period), random);
            prop_assert!(next >= now && next <= now + period, "{} {}", next, now);
        }

        #[test]
        fn backing_off_is_bounded_and_never_nothing(failures in 1..u32::MAX, after in proptest::option::of(seconds()), most in 60..100_000_u64, random: u64) {
            let wait = back_off(failures, after, Duration::from_secs(most), random);
            prop_assert!(wait <= Duration::from_secs(most) && wait >= FIRST_RETRY / 2);
        }
    }
}
