//! When a server's turn comes again: its wish, within what the owner allows, drawn so that a fleet spreads out.

use airlock_gate::policy::Rules;
use airlock_native::Remembered;
use airlock_protocol::schedule::{Interval, back_off, drawn, next_run};
use std::time::Duration;

/// Where the policy says nothing: no storm, and no silence.
const SHORTEST: Duration = Duration::from_secs(300);
const LONGEST: Duration = Duration::from_secs(7 * 86_400);

/// The owner's window for the contacts with one server, by its name in the policy; where it says nothing, ours.
pub(crate) fn allowed(rules: Option<&Rules>, server: &str) -> Window {
    let (min, max) = rules.map_or((None, None), |rules| rules.limits_of(server).contact_interval());
    let (min, owners_min) = (min.map(Duration::from_secs), min.map_or(Duration::ZERO, Duration::from_secs));
    let max = max.map_or(LONGEST.max(owners_min), Duration::from_secs);
    Window { interval: Interval { min: min.unwrap_or(SHORTEST).min(max), max }, owners_min }
}

/// Between which lengths the time to the next contact lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) interval: Interval,
    /// What the owner wrote: also after a contact that failed.
    owners_min: Duration,
}

/// What becomes of a wish.
pub(crate) struct Next {
    pub(crate) at: i64,
    pub(crate) because: String,
    pub(crate) period: Duration,
}

/// After a contact that worked. `wished` is none where the server says nothing.
pub(crate) fn after(
    began: u64,
    ended: u64,
    wished: Option<Duration>,
    usual: Duration,
    Window { interval, .. }: Window,
    random: u64,
) -> Next {
    let clamped = interval.clamp(wished.unwrap_or(usual));
    let because = match (wished, clamped.wished) {
        (None, _) => format!("the server says nothing of when to come again; every {}", words(clamped.period)),
        (Some(wish), None) => format!("the server says every {}", words(wish)),
        (Some(wish), Some(_)) => {
            let which = if wish > clamped.period { "most" } else { "least" };
            format!("the server says every {}, the policy at {which} {}", words(wish), words(clamped.period))
        }
    };
    // What is drawn is earlier than the period; never earlier than the owner allows.
    let soonest = began.saturating_add(interval.min.min(clamped.period).as_secs());
    let at = next_run(began, ended, clamped.period, random).max(soonest);
    Next { at: i64::try_from(at).unwrap_or(i64::MAX), because, period: clamped.period }
}

/// After one that did not. `most` is the longest pause that this agent makes of its own accord; a server that asks for more
/// time gets it, within its period and what the owner allows.
pub(crate) fn after_failure(
    now: u64,
    known: &Remembered,
    again: Option<Duration>,
    Window { interval, owners_min }: Window,
    most: Duration,
    random: u64,
) -> Next {
    let period = known.period.map_or(interval.max, Duration::from_secs);
    let longest = period.min(interval.max);
    let asked = again.unwrap_or_default().min(longest);
    let pause = back_off(known.failures.max(1), None, most.min(longest), random).max(asked).max(owners_min);
    let because = match again {
        Some(_) => format!("the server asked for time; again in {}", words(pause)),
        None => format!("{} in a row failed; again in {}", known.failures.max(1), words(pause)),
    };
    let at = now.saturating_add(pause.as_secs().max(1));
    Next { at: i64::try_from(at).unwrap_or(i64::MAX), because, period }
}

/// Before the first contact ever.
pub(crate) fn first(now: u64, delay: Duration, random: u64) -> i64 {
    i64::try_from(now.saturating_add(drawn(delay, random).as_secs())).unwrap_or(i64::MAX)
}

/// `90 s`, `15 min`, `24 h`, `7 days`.
pub(crate) fn words(period: Duration) -> String {
    let seconds = period.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        7200..172_800 => format!("{} h", seconds.div_ceil(3600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    fn window(min: u64, max: u64) -> Window {
        let interval = Interval { min: Duration::from_secs(min), max: Duration::from_secs(max) };
        Window { interval, owners_min: Duration::ZERO }
    }

    #[test]
    fn a_wish_is_kept_within_the_owners_window_and_it_is_said() {
        let day = window(6 * HOUR, 24 * HOUR);
        for (wish, period, said) in [
            (12 * HOUR, 12 * HOUR, "the server says every 12 h"),
            (99_999 * 86_400, 24 * HOUR, "the policy at most 24 h"),
            (0, 6 * HOUR, "the policy at least 6 h"),
        ] {
            let next = after(1000, 1010, Some(Duration::from_secs(wish)), Duration::from_secs(HOUR), day, u64::MAX / 2);
            assert_eq!(next.period.as_secs(), period);
            assert!(next.because.contains(said), "{}", next.because);
            let ahead = u64::try_from(next.at).unwrap() - 1000;
            assert!(ahead >= (period / 2).max(6 * HOUR) && ahead <= period, "{ahead} of {period}");
        }
    }

    #[test]
    fn failures_wait_longer_each_time_and_never_longer_than_the_period() {
        let known = |failures| Remembered { failures, period: Some(HOUR), ..Remembered::default() };
        let pause = |failures, again: Option<u64>| {
            let again = again.map(Duration::from_secs);
            let next = after_failure(0, &known(failures), again, window(60, 86_400), Duration::from_secs(3600), 7);
            u64::try_from(next.at).unwrap()
        };
        assert!(pause(1, None) >= 30 && pause(1, None) < pause(4, None));
        assert!(pause(30, None) <= HOUR);
        assert_eq!(pause(1, Some(99_999_999)), HOUR, "its own period");
        let day = Remembered { failures: 1, period: Some(86_400), ..Remembered::default() };
        let again = |seconds| {
            after_failure(0, &day, Some(Duration::from_secs(seconds)), window(60, 43_200), Duration::from_secs(600), 7)
                .at
        };
        assert_eq!(
            (again(7200), again(99_999_999)),
            (7200, 43_200),
            "longer than its own pauses, not than the owner lets it"
        );
    }

    #[test]
    fn what_the_owner_wrote_holds_after_a_failure_too() {
        let text = "policy_version = 1\n[server.hq]\norigin = \"https://hq.example\"\n[server.hq.limits]\ncontact_interval = { min = \"2h\" }\n";
        let rules = Rules::parse(&[airlock_gate::policy::PolicyFile::new("50-hq.toml", text)]).unwrap();
        let known = Remembered { failures: 1, period: Some(HOUR), ..Remembered::default() };
        let next = |server: &str| {
            after_failure(0, &known, None, allowed(Some(&rules), server), Duration::from_secs(3600), 7).at
        };
        assert_eq!(next("hq"), 7200);
        assert!(next("other") < 600);
        assert_eq!(allowed(None, "hq").interval.min, SHORTEST);
    }
}
