//! What was used of each allowance, over time: pure, so that a machine's file, a mock and a test count alike.
//!
//! An allowance is whole when it is first drawn on; what is drawn comes back when its period is over, all at once. Time
//! only goes forward here (whoever keeps a [`Ledger`] sees to it), so a clock that is set back gives nothing.

use crate::Ask;
use crate::host_set::HostSet;
use crate::terms::{Allowance, Counted, Period};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// So much of an allowance, for one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    pub key: String,
    pub counted: Counted,
    pub period: Period,
    pub most: u64,
    pub amount: u64,
    /// Only for hosts: who they are.
    pub hosts: Vec<IpAddr>,
    pub rule: String,
}

/// An allowance that has no room for the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Full {
    pub rule: String,
    pub counted: Counted,
    pub period: Period,
    pub most: u64,
    pub used: u64,
    pub asked: u64,
    /// Milliseconds since 1970; none when waiting does not help.
    pub resets: Option<u64>,
}

/// What was used of one allowance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// When it was first drawn on, in milliseconds since 1970, and when it is whole again.
    since: u64,
    until: Option<u64>,
    amount: u64,
    #[serde(default, skip_serializing_if = "HostSet::is_empty")]
    hosts: HostSet,
}

/// What was used of all allowances.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger(BTreeMap<String, Used>);

impl Draw {
    /// What a call draws on an allowance; none when it draws nothing.
    pub fn of(allowance: &Allowance, ask: &Ask) -> Option<Draw> {
        let amount = allowance.counted.of(ask);
        (amount > 0).then(|| Draw {
            key: allowance.key(),
            counted: allowance.counted,
            period: allowance.period,
            most: allowance.most,
            amount,
            hosts: if allowance.counted == Counted::Hosts { ask.addresses.clone() } else { Vec::new() },
            rule: allowance.rule.clone(),
        })
    }

    /// Whether a call waits for it, in place of being refused.
    pub fn is_rate(&self) -> bool {
        self.period == Period::Second
    }

    /// How much it is where these hosts were counted before in the same period: they are not counted again.
    pub(crate) fn new_beside(&self, known: &HostSet) -> u64 {
        match self.hosts.as_slice() {
            _ if self.counted != Counted::Hosts => self.amount,
            [] => self.amount,
            [host] => u64::from(!known.contains(*host)),
            hosts => {
                let fresh: BTreeSet<IpAddr> = hosts.iter().map(IpAddr::to_canonical).collect();
                fresh.iter().filter(|host| !known.contains(**host)).count() as u64
            }
        }
    }

    /// One run.
    pub fn run(allowance: &Allowance) -> Draw {
        Draw {
            key: allowance.key(),
            counted: allowance.counted,
            period: allowance.period,
            most: allowance.most,
            amount: 1,
            hosts: Vec::new(),
            rule: allowance.rule.clone(),
        }
    }
}

impl Ledger {
    /// How much was drawn on an allowance that is not whole again.
    pub fn used(&self, key: &str, now: u64) -> u64 {
        self.0.get(key).filter(|used| !used.is_over(now)).map_or(0, |used| used.amount)
    }

    /// Whether all of it is there.
    pub fn room(&self, draws: &[Draw], now: u64) -> Result<(), Full> {
        let mut wanted: BTreeMap<&str, u64> = BTreeMap::new();
        for draw in draws {
            let used = self.0.get(&draw.key).filter(|used| !used.is_over(now));
            let before = used.map_or(0, |used| used.amount);
            let more = wanted.entry(&draw.key).or_default();
            *more = more.saturating_add(new_in(draw, used));
            if before.saturating_add(*more) > draw.most {
                // What is more than the whole never fits.
                let resets = used.and_then(|used| used.until).filter(|_| *more <= draw.most);
                let (rule, counted, period) = (draw.rule.clone(), draw.counted, draw.period);
                return Err(Full { rule, counted, period, most: draw.most, used: before, asked: draw.amount, resets });
            }
        }
        Ok(())
    }

    /// Takes all of it, or nothing.
    pub fn take(&mut self, draws: &[Draw], now: u64) -> Result<(), Full> {
        self.room(draws, now)?;
        self.0.retain(|_, used| !used.is_over(now));
        for draw in draws {
            let until = draw.period.millis().map(|millis| now.saturating_add(millis));
            let used = self.0.entry(draw.key.clone()).or_insert_with(|| Used { since: now, until, ..Used::default() });
            used.amount = used.amount.saturating_add(new_in(draw, Some(used)));
            draw.hosts.iter().for_each(|host| used.hosts.insert(*host));
        }
        Ok(())
    }

    /// Takes so much more of an allowance that was drawn on. Back come the time that it is part of (its begin and its end) and
    /// the hosts that count no more.
    pub(crate) fn reserve(&mut self, key: &str, amount: u64) -> Option<(u64, Option<u64>, &HostSet)> {
        let used = self.0.get_mut(key)?;
        used.amount = used.amount.saturating_add(amount);
        Some((used.since, used.until, &used.hosts))
    }

    /// So much of it was not needed after all, if it is still the same time; and these hosts were asked.
    pub(crate) fn give_back(&mut self, key: &str, time: (u64, Option<u64>), amount: u64, hosts: &HostSet) {
        if let Some(used) = self.0.get_mut(key).filter(|used| (used.since, used.until) == time) {
            used.amount = used.amount.saturating_sub(amount);
            used.hosts.extend(hosts);
        }
    }

    /// What outlives the run.
    pub fn is_kept(draw: &Draw) -> bool {
        draw.period != Period::Run
    }
}

impl Used {
    fn is_over(&self, now: u64) -> bool {
        self.until.is_some_and(|until| now >= until)
    }
}

fn new_in(draw: &Draw, used: Option<&Used>) -> u64 {
    used.map_or_else(|| draw.new_beside(&HostSet::default()), |used| draw.new_beside(&used.hosts))
}

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Full { rule, counted, period, most, used, asked, resets } = self;
        write!(
            f,
            "{rule}: {used} of {most} {} used in this {}, {asked} more asked for",
            counted.name(),
            period.name()
        )?;
        let at = resets.and_then(|at| i64::try_from(at).ok()).and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        match at {
            Some(at) => write!(f, "; whole again at {}", at.strftime("%Y-%m-%dT%H:%M:%SZ")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verb;
    use crate::terms::Shared;

    const DAY: u64 = 86_400_000;

    fn allowance(counted: Counted, period: Period, most: u64) -> Allowance {
        Allowance { counted, period, most, shared: Shared::Machine, rule: "limits".into() }
    }

    fn calls(most: u64, period: Period) -> Vec<Draw> {
        vec![Draw::of(&allowance(Counted::Calls, period, most), &Ask::new(Verb::UiAsk)).unwrap()]
    }

    fn to(hosts: &[&str]) -> Ask {
        Ask { addresses: hosts.iter().map(|host| host.parse().unwrap()).collect(), ..Ask::new(Verb::NetProbe) }
    }

    #[test]
    fn an_allowance_is_spent_and_whole_again_when_its_period_is_over() {
        let mut ledger = Ledger::default();
        let draws = calls(2, Period::Day);
        assert_eq!(ledger.take(&draws, 1_000), Ok(()));
        assert_eq!(ledger.take(&draws, 2_000), Ok(()));
        let full = ledger.take(&draws, DAY).unwrap_err();
        assert_eq!((full.used, full.resets), (2, Some(DAY + 1_000)));
        assert_eq!(ledger.take(&draws, DAY + 1_000), Ok(()));
    }

    #[test]
    fn all_of_a_call_is_taken_or_nothing() {
        let mut ledger = Ledger::default();
        let mut draws = calls(5, Period::Hour);
        draws.push(Draw { key: "other".into(), most: 0, ..draws[0].clone() });
        assert!(ledger.take(&draws, 1).is_err());
        assert_eq!(ledger, Ledger::default());
    }

    #[test]
    fn the_same_allowance_twice_in_one_call_counts_twice() {
        let one = calls(1, Period::Hour).remove(0);
        assert!(Ledger::default().take(&[one.clone(), one], 1).is_err());
    }

    #[test]
    fn hosts_are_counted_by_who_they_are() {
        let mut ledger = Ledger::default();
        let draw = |hosts: &[&str]| vec![Draw::of(&allowance(Counted::Hosts, Period::Day, 2), &to(hosts)).unwrap()];
        for _ in 0..5 {
            assert_eq!(ledger.take(&draw(&["10.1.0.1", "10.1.0.1"]), 1), Ok(()));
        }
        assert_eq!(ledger.take(&draw(&["::ffff:10.1.0.1", "10.1.0.2"]), 1), Ok(()));
        assert!(ledger.take(&draw(&["10.1.0.3"]), 1).is_err());
        assert_eq!(ledger.take(&draw(&["10.1.0.2"]), 1), Ok(()));
        let packets =
            |hosts: &[&str]| vec![Draw::of(&allowance(Counted::Packets, Period::Second, 3), &to(hosts)).unwrap()];
        assert_eq!(ledger.take(&packets(&["10.1.0.1", "10.1.0.1", "10.1.0.1"]), 1), Ok(()));
        assert!(ledger.take(&packets(&["10.1.0.1"]), 999).is_err());
        assert_eq!(ledger.take(&packets(&["10.1.0.1"]), 1_001), Ok(()));
    }

    #[test]
    fn numbers_do_not_wrap() {
        let mut ledger = Ledger::default();
        let bytes = |bytes: u64| {
            let ask = Ask { bytes: Some(bytes), ..Ask::new(Verb::ReportSend) };
            vec![Draw::of(&allowance(Counted::Bytes, Period::Day, u64::MAX - 1), &ask).unwrap()]
        };
        assert_eq!(ledger.take(&bytes(10), 1), Ok(()));
        assert!(ledger.take(&bytes(u64::MAX), 1).is_err());
        assert!(ledger.take(&bytes(u64::MAX - 5), 1).is_err());
        assert_eq!(ledger.take(&bytes(u64::MAX - 11), 1), Ok(()));
        assert!(ledger.take(&bytes(1), u64::MAX - 1).is_ok());
    }

    #[test]
    fn what_never_fits_promises_nothing() {
        let full = Ledger::default().take(&calls(0, Period::Day), 5).unwrap_err();
        assert_eq!(full.resets, None);
    }

    #[test]
    fn a_ledger_comes_back_as_it_was_kept() {
        let mut ledger = Ledger::default();
        ledger.take(&calls(2, Period::Day), 7).unwrap();
        let text = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger);
    }
}
