//! The audit: a record of every decision, written before its effect and closed after it. A crash leaves an open record,
//! not silence.

use crate::Effect;
use serde::Serialize;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where records go: one line of JSON each, kept in order.
pub trait AuditLog: Send + Sync {
    fn write(&self, line: &str) -> io::Result<()>;
}

/// Keeps nothing. For tests of other things.
#[derive(Debug, Default)]
pub struct NoLog;

impl AuditLog for NoLog {
    fn write(&self, _line: &str) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a call was let through, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "decision")]
pub enum Decision<'a> {
    Allow { rule: &'a str },
    Deny { code: &'a str, why: &'a str },
}

/// The audit of one run.
pub struct Audit {
    log: Box<dyn AuditLog>,
    run: String,
    task: String,
    server: Option<String>,
    seq: AtomicU64,
    broken: AtomicBool,
}

#[derive(Serialize)]
struct Opened<'a, C> {
    seq: u64,
    time: u64,
    run: &'a str,
    task: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a str>,
    verb: &'a str,
    call: &'a C,
    #[serde(flatten)]
    decision: Decision<'a>,
}

#[derive(Serialize)]
struct Closed<'a> {
    seq: u64,
    closes: u64,
    run: &'a str,
    outcome: &'a str,
    us: u64,
}

/// The open record of a call.
pub(crate) struct Entry {
    pub(crate) seq: u64,
    started: Instant,
    written: bool,
}

impl Audit {
    /// `run` tells the runs apart, `task` is the component (name and digest), `server` who asked for it; none for the
    /// owner's own command.
    pub fn new(log: Box<dyn AuditLog>, run: String, task: String, server: Option<String>) -> Self {
        Self { log, run, task, server, seq: AtomicU64::new(0), broken: AtomicBool::new(false) }
    }

    /// True once a record could not be written.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Opens the record of a call. Calls that belong to the run itself have a number but no record of their own: the
    /// record of the run's end counts them.
    pub(crate) fn open<C: Serialize>(&self, verb: &str, effect: Effect, call: &C, decision: Decision<'_>) -> Entry {
        let seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let written = effect != Effect::Run || matches!(decision, Decision::Deny { .. });
        if written {
            let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
            let server = self.server.as_deref();
            self.write(&Opened { seq, time, run: &self.run, task: &self.task, server, verb, call, decision });
        }
        Entry { seq, started: Instant::now(), written }
    }

    pub(crate) fn close(&self, entry: Entry, outcome: &str) {
        if !entry.written {
            return;
        }
        let seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let us = u64::try_from(entry.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.write(&Closed { seq, closes: entry.seq, run: &self.run, outcome, us });
    }

    /// A record that is about the run as a whole.
    pub(crate) fn note<T: Serialize>(&self, what: &T) {
        self.write(what);
    }

    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    pub(crate) fn next(&self) -> u64 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn write<T: Serialize>(&self, record: &T) {
        let written = serde_json::to_string(record).map_err(io::Error::other).and_then(|line| self.log.write(&line));
        if written.is_err() {
            self.broken.store(true, Ordering::Relaxed);
        }
    }
}
