//! The audit of one run: which records its calls make.
//!
//! Every decision is accounted for, and what changes something, sends something or is refused has a record of its own.
//! What only repeats is counted: of equal refusals the first is written and the rest are counted; of looks at the machine
//! and the network under one rule the first [`FULL`] are written, the last of them saying that the rest are counted. The
//! record of the run's end has the counts. A crash leaves an open record, not silence.

use super::{AuditLog, Record};
use crate::{Ask, Effect};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Allows of one class that are written in full.
const FULL: u64 = 100;
/// Different refusals that are written in full; of further ones the first of each class.
const REFUSALS: usize = 1000;
/// Of an outcome in words.
const OUTCOME: usize = 500;

/// Whether a call was let through, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    Allow { rule: &'a str },
    Deny { code: &'a str, why: &'a str },
}

/// What the run has spent when a decision is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    pub calls: u64,
    pub bytes: u64,
}

/// A decision, as it is recorded.
pub(crate) struct Opening<'a> {
    /// The call's own name, `http.send`.
    pub(crate) call: &'a str,
    /// The verb of the policy; the call's name for what belongs to the run.
    pub(crate) verb: &'a str,
    pub(crate) effect: Effect,
    pub(crate) ask: &'a Ask,
    /// What else the audit should know of the call.
    pub(crate) detail: Option<String>,
    pub(crate) decision: Decision<'a>,
    pub(crate) counters: Counters,
}

/// The audit of one run.
pub struct Audit {
    log: Box<dyn AuditLog>,
    run: String,
    task: String,
    server: Option<String>,
    policy: Option<String>,
    number: AtomicU64,
    broken: AtomicBool,
    counts: Mutex<Counts>,
}

/// The open record of a call.
pub(crate) struct Entry {
    /// The call's number in its run: what a task may be told.
    pub(crate) number: u64,
    started: Instant,
    kept: Kept,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// It has a record.
    Record,
    /// It is counted with others of its class.
    Counted(usize),
    /// The end of the run counts it.
    No,
}

/// What is counted in place of being written.
#[derive(Default)]
struct Counts {
    classes: Vec<Class>,
    refusals: HashMap<[u8; 32], (u64, u64)>,
}

#[derive(Serialize)]
struct Class {
    verb: String,
    /// The rule that allowed, or the code that refused.
    by: String,
    times: u64,
    /// Of those without a record, the ones that did not succeed.
    failed: u64,
}

impl Audit {
    /// `run` tells the runs apart, `task` is the component (name and digest), `server` who asked for it; none for the
    /// owner's own command.
    pub fn new(log: Box<dyn AuditLog>, run: String, task: String, server: Option<String>) -> Self {
        let (number, broken, counts) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::default());
        Self { log, run, task, server, policy: None, number, broken, counts }
    }

    /// Under which policy, by its digest.
    #[must_use]
    pub fn with_policy(mut self, digest: impl Into<String>) -> Self {
        self.policy = Some(digest.into());
        self
    }

    /// True once a record could not be written.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// The run's own name.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Opens the record of a call. Calls that belong to the run itself have a number but no record of their own: the
    /// record of the run's end counts them.
    pub(crate) fn open(&self, opening: &Opening<'_>) -> Entry {
        let number = self.next();
        let mut entry = Entry { number, started: Instant::now(), kept: Kept::Record };
        let mut note = None;
        match opening.decision {
            Decision::Deny { code, .. } => match self.counts().refuse(opening, code, number) {
                Refused::Again(first) => return Entry { number: first, kept: Kept::No, ..entry },
                Refused::First => {}
                Refused::FirstOfMany => note = Some("too many different ones: those to come are counted"),
            },
            Decision::Allow { .. } if opening.effect == Effect::Run => entry.kept = Kept::No,
            Decision::Allow { rule } if matches!(opening.effect, Effect::Read | Effect::Network) => {
                let (class, times) = self.counts().count(opening.verb, rule);
                match times.cmp(&FULL) {
                    std::cmp::Ordering::Less => {}
                    std::cmp::Ordering::Equal => note = Some("those to come of this kind are counted"),
                    std::cmp::Ordering::Greater => entry.kept = Kept::Counted(class),
                }
            }
            Decision::Allow { .. } => {}
        }
        if entry.kept == Kept::Record {
            self.write(self.opened(opening, number, note));
        }
        entry
    }

    fn opened(&self, opening: &Opening<'_>, number: u64, note: Option<&str>) -> Record {
        let mut record = Record::now();
        let (task, digest) = self.task.split_once('@').unwrap_or((&self.task, ""));
        record.set("n", number).set("run", &self.run).set("task", task).set("server", &self.server);
        record.set("digest", Some(digest).filter(|d| !d.is_empty())).set("policy", &self.policy).set("note", note);
        record.set("call", opening.call).set("verb", opening.verb).set("ask", opening.ask);
        record.set("detail", &opening.detail).set("counters", opening.counters);
        match opening.decision {
            Decision::Allow { rule } => record.set("decision", "allow").set("rule", rule),
            Decision::Deny { code, why } => record.set("decision", "deny").set("code", code).set("why", why),
        };
        if opening.effect.is_mutating() { record.durable() } else { record }
    }

    pub(crate) fn close(&self, entry: Entry, outcome: Result<&str, &str>) {
        match entry.kept {
            Kept::No => {}
            Kept::Counted(class) if outcome.is_err() => self.counts().failed(class),
            Kept::Counted(_) => {}
            Kept::Record => {
                let (Ok(outcome) | Err(outcome)) = outcome;
                let mut record = Record::now();
                let us = u64::try_from(entry.started.elapsed().as_micros()).unwrap_or(u64::MAX);
                record.set("n", self.next()).set("closes", entry.number).set("run", &self.run).set("us", us);
                record.set("outcome", airlock_model::short_line(outcome, OUTCOME));
                self.write(record);
            }
        }
    }

    /// Writes the record of the run's end, with all that was counted, and has the log anchored.
    pub fn end(&self, how: &str, spent: &impl Serialize) {
        let mut record = Record::now();
        record.set("n", self.next()).set("run", &self.run).set("end", airlock_model::short_line(how, OUTCOME));
        record.set("task", self.task.split('@').next()).set("server", &self.server).set("spent", spent);
        {
            let counts = self.counts();
            let counted: Vec<&Class> = counts.classes.iter().collect();
            let mut again: Vec<_> = counts.refusals.values().filter(|(_, times)| *times > 0).collect();
            again.sort_unstable();
            let again: Vec<_> = again.into_iter().map(|(first, times)| json!({"n": first, "times": times})).collect();
            record.set("counted", Some(counted).filter(|all| !all.is_empty()));
            record.set("again", Some(again).filter(|all| !all.is_empty()));
        }
        self.write(record);
        self.log.anchor();
    }

    fn next(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, record: Record) {
        if self.log.write(record).is_err() {
            self.broken.store(true, Ordering::Relaxed);
        }
    }
}

enum Refused {
    First,
    /// With the number of the one before.
    Again(u64),
    FirstOfMany,
}

impl Counts {
    /// Counts an allow; gives its class, and how many there are of it now.
    fn count(&mut self, verb: &str, by: &str) -> (usize, u64) {
        let known = self.classes.iter().position(|class| class.verb == verb && class.by == by);
        let at = known.unwrap_or_else(|| {
            self.classes.push(Class { verb: verb.to_owned(), by: by.to_owned(), times: 0, failed: 0 });
            self.classes.len() - 1
        });
        let Some(class) = self.classes.get_mut(at) else { return (at, 0) };
        class.times += 1;
        (at, class.times)
    }

    fn failed(&mut self, class: usize) {
        if let Some(class) = self.classes.get_mut(class) {
            class.failed += 1;
        }
    }

    fn refuse(&mut self, opening: &Opening<'_>, code: &str, number: u64) -> Refused {
        let mut ask = serde_json::to_vec(opening.ask).unwrap_or_default();
        if opening.ask.verb.is_none() {
            // What makes no sense has no question: what is wrong with it tells it from others.
            if let Decision::Deny { why, .. } = opening.decision {
                ask.extend(why.bytes());
            }
        }
        let same = |ask: &[u8]| -> [u8; 32] {
            let head = format!("{}\n{code}\n", opening.call);
            Sha256::new().chain_update(head).chain_update(ask).finalize().into()
        };
        let mut key = same(&ask);
        let is_full = self.refusals.len() >= REFUSALS && !self.refusals.contains_key(&key);
        if is_full {
            // By its class alone: there are few of those, whatever a task thinks of.
            key = same(b"");
        }
        match self.refusals.entry(key) {
            Slot::Occupied(mut slot) => {
                let (first, times) = slot.get_mut();
                *times += 1;
                Refused::Again(*first)
            }
            Slot::Vacant(slot) => {
                slot.insert((number, 0));
                if is_full { Refused::FirstOfMany } else { Refused::First }
            }
        }
    }
}
