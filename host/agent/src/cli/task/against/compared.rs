//! Two runs on the same answers, call by call.

use airlock_gate::cassette::Cassette;
use airlock_gate::{Code, Replay};
use airlock_sandbox::RunError;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How a call's number changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Change {
    /// Made now, and not before.
    New,
    /// Made more often than before.
    More,
    /// Made less often than before.
    Fewer,
    /// Made before, and not now.
    Gone,
}

/// A call, by its name and its arguments.
type Call = (String, String);

/// What one recorded run became.
pub(in crate::cli::task) struct Compared {
    run: Run,
    changes: BTreeMap<(Change, Call), Told>,
    dropped: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Run {
    pub(super) recorded: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) target: String,
    /// The component that was recorded.
    pub(super) sha256: String,
    pub(super) ended_then: String,
    pub(super) ends_now: String,
}

#[derive(Debug, Clone)]
struct Told {
    call: Value,
    times: usize,
    /// Why the policy of now refuses it; none: it lets it through.
    refused: Option<Code>,
}

/// What all recorded runs became.
#[derive(Debug, Default)]
pub(in crate::cli::task) struct Comparison {
    pub(super) runs: Vec<Run>,
    pub(super) changes: BTreeMap<(Change, Call), Row>,
    /// Recordings of the ring that could not be read, and why.
    pub(super) unreadable: Vec<String>,
    /// Calls that were over the bound of what is compared.
    pub(super) dropped: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) change: Change,
    pub(super) name: String,
    pub(super) call: Value,
    /// In so many of the runs.
    pub(super) runs: usize,
    /// So often more, or less, in all of them.
    pub(super) times: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<Code>,
}

impl Compared {
    pub(super) fn new(before: Cassette, replay: &Replay, failed: Option<&RunError>) -> Self {
        let mut then: BTreeMap<Call, (usize, Value)> = BTreeMap::new();
        let mut now: BTreeMap<Call, (usize, Value)> = BTreeMap::new();
        let mut refused: BTreeMap<Call, Code> = BTreeMap::new();
        for exchange in &before.exchanges {
            count(&mut then, &exchange.name, &exchange.call);
            count(&mut now, &exchange.name, &exchange.call);
        }
        for denied in &before.denied {
            count(&mut then, &denied.name, &denied.call);
        }
        // Made now: what was answered, what had no answer, what was refused.
        for unused in replay.unused() {
            if let Some((times, _)) = now.get_mut(&key(&unused.name, &unused.call)) {
                *times -= 1;
            }
        }
        for missed in replay.missed() {
            count(&mut now, &missed.name, &missed.call);
        }
        for denied in replay.denied_calls() {
            count(&mut now, &denied.name, &denied.call);
            refused.insert(key(&denied.name, &denied.call), denied.code);
        }
        let mut changes = BTreeMap::new();
        let none = |call: &Value| (0, call.clone());
        let all: BTreeMap<Call, Value> =
            then.iter().chain(&now).map(|(key, (_, call))| (key.clone(), call.clone())).collect();
        for (key, call) in all {
            let (was, _) = then.get(&key).cloned().unwrap_or_else(|| none(&call));
            let (is, _) = now.get(&key).cloned().unwrap_or_else(|| none(&call));
            let change = match (was, is) {
                (0, _) => Change::New,
                (_, 0) => Change::Gone,
                _ if was < is => Change::More,
                _ if was > is => Change::Fewer,
                _ => continue,
            };
            let refused = refused.get(&key).copied().filter(|_| is > 0);
            changes.insert((change, key), Told { call, times: was.abs_diff(is), refused });
        }
        let header = before.header;
        let run = Run {
            recorded: header.created,
            server: header.server,
            target: header.target,
            sha256: header.digest,
            ended_then: before.end,
            ends_now: failed.map_or_else(|| "ok".to_owned(), crate::run::words),
        };
        Self { run, changes, dropped: replay.dropped() }
    }
}

fn key(name: &str, call: &Value) -> Call {
    (name.to_owned(), call.to_string())
}

fn count(calls: &mut BTreeMap<Call, (usize, Value)>, name: &str, call: &Value) {
    calls.entry(key(name, call)).or_insert_with(|| (0, call.clone())).0 += 1;
}

impl Comparison {
    pub(super) fn add(&mut self, one: Compared) {
        self.runs.push(one.run);
        self.dropped = self.dropped.saturating_add(one.dropped);
        for ((change, key), told) in one.changes {
            let name = key.0.clone();
            let row = self.changes.entry((change, key)).or_insert(Row {
                change,
                name,
                call: told.call,
                runs: 0,
                times: 0,
                refused: None,
            });
            row.runs += 1;
            row.times += told.times;
            row.refused = row.refused.or(told.refused);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"cassette":1,"program":"0.1.0","task":"t","digest":"00","world":"base","job":"{}","created":"2026-11-22T12:00:00Z"}"#;

    #[test]
    fn a_run_that_asks_for_nothing_any_more_is_all_gone() {
        let stat = r#"{"name":"files.stat","call":{"path":"/a"},"reply":null}"#;
        let denied = r#"{"name":"files.stat","call":{"path":"/etc"},"denied":"NO_GRANT"}"#;
        let text = [HEADER, stat, stat, denied, r#"{"end":"ok"}"#].join("\n");
        let cassette = Cassette::parse(&text).unwrap();
        let mut all = Comparison::default();
        for _ in 0..2 {
            all.add(Compared::new(cassette.clone(), &Replay::new(cassette.clone()), None));
        }
        let rows: Vec<(Change, String, usize, usize)> =
            all.changes.values().map(|row| (row.change, row.call["path"].to_string(), row.runs, row.times)).collect();
        assert_eq!(rows, [(Change::Gone, "\"/a\"".to_owned(), 2, 4), (Change::Gone, "\"/etc\"".to_owned(), 2, 2)]);
    }
}
