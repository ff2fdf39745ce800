//! Whose turn is when: read from what is remembered of each target, and held in memory between turns.

use super::now;
use crate::config::Settings;
use crate::listener::{TargetKind, TargetStatus, TaskResult};
use crate::policies::{Places, Policies};
use crate::round::{Planned, allowed_interval, first_contact, rule_of, state_name};
use airlock_native::{Folders, Outbox, Remembered, ServerState};
use airlock_protocol::schedule::{PAUSE, resumed};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) struct Targets {
    all: Mutex<Vec<Target>>,
}

struct Target {
    name: String,
    kind: TargetKind,
    /// The URL or the path.
    place: String,
    state: ServerState,
    outbox: Option<Outbox>,
    known: Remembered,
    waiting: usize,
    /// The least time between two turns.
    least: Duration,
    /// Why its turn was asked for since its last one began: a turn that ends does not plan over that.
    asked: Option<String>,
}

impl Targets {
    pub(super) fn new(places: &Places, folders: &Folders, settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self { all: Mutex::new(planned(places, folders, settings)?) })
    }

    pub(super) fn replace(&self, places: &Places, folders: &Folders, settings: &Settings) -> anyhow::Result<()> {
        let mut all = planned(places, folders, settings)?;
        let mut known = self.lock();
        for target in &mut all {
            target.asked = known.iter_mut().find(|old| old.name == target.name).and_then(|old| old.asked.take());
        }
        *known = all;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Target>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.lock().iter().map(|target| target.name.clone()).collect()
    }

    /// The next turn of whoever is not at work.
    pub(super) fn next(&self, running: &BTreeSet<String>) -> Option<i64> {
        self.lock().iter().filter(|target| !running.contains(&target.name)).filter_map(|target| target.known.next).min()
    }

    pub(super) fn due(&self, now: i64, running: &BTreeSet<String>) -> Vec<String> {
        let all = self.lock();
        let due = all.iter().filter(|target| target.known.next.is_none_or(|next| next <= now));
        due.map(|target| target.name.clone()).filter(|name| !running.contains(name)).collect()
    }

    /// Makes it the turn of these, now.
    pub(super) fn now(&self, names: &[String], because: &str) -> anyhow::Result<()> {
        for target in self.lock().iter_mut().filter(|target| names.contains(&target.name)) {
            target.known = target.state.change(&target.place, |known| {
                known.next = Some(now());
                because.clone_into(&mut known.next_because);
            })?;
            target.asked = Some(because.to_owned());
        }
        Ok(())
    }

    /// The turn of these begins: what was asked for is what it does.
    pub(super) fn begin(&self, names: &[String]) {
        for target in self.lock().iter_mut().filter(|target| names.contains(&target.name)) {
            target.asked = None;
        }
    }

    pub(super) fn all_now(&self, because: &str) -> anyhow::Result<()> {
        self.now(&self.names(), because)
    }

    /// Why it is not this target's turn, whoever asks: it was there a moment ago.
    pub(super) fn too_soon(&self, name: &str) -> Option<String> {
        let all = self.lock();
        let target = all.iter().find(|target| target.name == name)?;
        let since = now().saturating_sub(target.known.tried?);
        let least = i64::try_from(target.least.as_secs()).unwrap_or(i64::MAX);
        (since >= 0 && since < least)
            .then(|| format!("{name} had its turn {since} s ago; at least {least} s are between"))
    }

    /// After a worker: what it left. A turn that changed nothing is tried again, later; one that was asked for meanwhile comes
    /// now.
    pub(super) fn reread(&self, names: &[String]) -> anyhow::Result<()> {
        for target in self.lock().iter_mut().filter(|target| names.contains(&target.name)) {
            let mut known = target.state.read(&target.place)?;
            if let Some(because) = target.asked.take() {
                known = target.state.change(&target.place, |known| {
                    (known.next, known.next_because) = (Some(now()), because);
                })?;
            } else if known.next.is_none_or(|next| next <= now()) {
                known = target.state.change(&target.place, |known| {
                    known.failures = known.failures.saturating_add(1);
                    let pause = PAUSE.as_secs().saturating_mul(u64::from(known.failures.min(60)));
                    known.next = Some(now().saturating_add(i64::try_from(pause).unwrap_or(i64::MAX)));
                    "the last turn came to no end".clone_into(&mut known.next_because);
                })?;
            }
            target.known = known;
            target.waiting = target.count();
        }
        Ok(())
    }

    pub(super) fn statuses(&self) -> Vec<TargetStatus> {
        self.lock().iter().map(Target::status).collect()
    }

    /// For the service manager.
    pub(super) fn line(&self) -> String {
        let all = self.lock();
        let next = all.iter().filter_map(|target| Some((target.known.next?, &target.name))).min();
        let count = all.len();
        match next.and_then(|(next, name)| Some((Timestamp::from_second(next).ok()?, name))) {
            Some((next, name)) => format!("{count} targets; next: {name} at {next}"),
            None => format!("{count} targets"),
        }
    }
}

impl Target {
    fn count(&self) -> usize {
        self.outbox.as_ref().and_then(|outbox| outbox.waiting().ok()).map_or(0, |waiting| waiting.len())
    }

    fn status(&self) -> TargetStatus {
        let known = &self.known;
        let result = |(task, outcome): &(String, String)| TaskResult { task: task.clone(), outcome: outcome.clone() };
        TargetStatus {
            name: self.name.clone(),
            kind: self.kind,
            place: self.place.clone(),
            next: known.next,
            because: known.next_because.clone(),
            tried: known.tried,
            worked: known.worked,
            last_error: known.last_error.clone(),
            results: known.results.iter().map(result).collect(),
            waiting: self.waiting,
        }
    }
}

/// As they stand in the files, whether there is a daemon or not.
pub(crate) fn statuses(places: &Places, folders: &Folders, settings: &Settings) -> anyhow::Result<Vec<TargetStatus>> {
    Ok(read(places, folders, settings)?.iter().map(Target::status).collect())
}

/// The targets, with what is remembered of them.
fn read(places: &Places, folders: &Folders, settings: &Settings) -> anyhow::Result<Vec<Target>> {
    let policies = Policies::open(places, Some(folders))?;
    let rules = policies.loaded.rules.as_deref();
    let mut all = Vec::new();
    for planned in Planned::of(settings) {
        let (kind, name, place, state, rule) = match planned {
            Planned::Local { name, local } => {
                let state = ServerState::of_server(folders, &state_name(&name))?;
                (TargetKind::Local, name, local.path.display().to_string(), state, None)
            }
            Planned::Server { name, server } => {
                let (local, rule) = match rule_of(rules, server) {
                    Ok(found) => found,
                    Err(error) => {
                        tracing::error!("{name}: {error:#}");
                        (name.clone(), None)
                    }
                };
                let state = ServerState::of_server(folders, &local)?;
                (TargetKind::Server, name, server.url.clone(), state, Some((local, rule)))
            }
        };
        let server = rule.as_ref().map_or("", |(local, _)| local);
        let least = allowed_interval(rules, server).interval.min.min(Duration::from_secs(3600));
        let outbox = rule.map(|(local, _)| Outbox::of_server(folders, &local)).transpose()?;
        let known = state.read(&place)?;
        let mut target = Target { name, kind, place, state, outbox, known, waiting: 0, least, asked: None };
        target.waiting = target.count();
        all.push(target);
    }
    Ok(all)
}

/// The same, each with its next turn.
fn planned(places: &Places, folders: &Folders, settings: &Settings) -> anyhow::Result<Vec<Target>> {
    let mut all = read(places, folders, settings)?;
    for target in &mut all {
        target.known = planned_turn(&target.state, &target.place, settings)?;
    }
    Ok(all)
}

/// When the next turn is: as it was planned, or soon, spread out, when that was missed.
fn planned_turn(state: &ServerState, place: &str, settings: &Settings) -> anyhow::Result<Remembered> {
    let (known, random) = (state.read(place)?, crate::random::number()?);
    let delay = settings.schedule.delay.0;
    let period = known.period.map_or(delay, Duration::from_secs);
    let now = u64::try_from(now()).unwrap_or(0);
    let next = match known.next {
        Some(next) => i64::try_from(resumed(u64::try_from(next).unwrap_or(0), now, period, random)).unwrap_or(i64::MAX),
        None => first_contact(now, delay, random),
    };
    if known.next == Some(next) {
        return Ok(known);
    }
    Ok(state.change(place, |known| {
        known.next_because = match known.next {
            Some(_) => "its turn was missed while nothing ran".to_owned(),
            None => "the first contact, at a moment drawn by chance".to_owned(),
        };
        known.next = Some(next);
    })?)
}
