//! Reading a log again: what was decided, put together from the records before and after, oldest first, with no more in
//! memory than is asked for.

use super::verify::next_line;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{self, BufRead};

/// Which decisions are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// The newest so many.
    pub last: usize,
    pub only_denied: bool,
    /// Of one run, by the beginning of its name.
    pub run: Option<String>,
    pub server: Option<String>,
    /// Equal to this one: the same server, verb, question and code.
    pub like: Option<Value>,
}

/// A decision, or something else that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The record as it stands in the log.
    pub record: Value,
    /// How it ended; none: it is not closed.
    pub outcome: Option<String>,
    /// Equal ones in the same run, or in a while outside of runs, this one included.
    pub times: u64,
}

impl Decided {
    /// A member of the record, if it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.record.get(name).and_then(Value::as_str)
    }

    pub fn is_denied(&self) -> bool {
        self.text("decision") == Some("deny")
    }
}

/// Reads records from `reader` and adds what is wanted to `found`, oldest first, never more than `question.last`. Gives
/// the number of lines that are no records.
pub fn find(reader: &mut dyn BufRead, question: &Question, found: &mut VecDeque<Decided>) -> io::Result<u64> {
    let mut odd = 0;
    while let Some((line, _)) = next_line(reader)? {
        match serde_json::from_slice::<Value>(&line) {
            Ok(record) if record.is_object() => question.take(record, found),
            _ => odd += 1,
        }
    }
    Ok(odd)
}

impl Question {
    /// Looks at one record.
    pub fn take(&self, record: Value, found: &mut VecDeque<Decided>) {
        let text = |name: &str| record.get(name).and_then(Value::as_str);
        if let Some(closes) = record.get("closes").and_then(Value::as_u64) {
            if let Some(open) = of_run(found, text("run"), closes) {
                open.outcome = text("outcome").map(str::to_owned);
            }
            return;
        }
        for again in record.get("again").and_then(Value::as_array).into_iter().flatten() {
            let number = |name: &str| again.get(name).and_then(Value::as_u64);
            let (Some(first), Some(times)) = (number("n"), number("times")) else { continue };
            if let Some(open) = of_run(found, text("run"), first) {
                open.times = open.times.saturating_add(times);
            }
        }
        if !self.wants(&record) {
            return;
        }
        if found.len() >= self.last {
            found.pop_front();
        }
        if self.last > 0 {
            // What came outside of any run was counted before it was written.
            let times = record.get("times").and_then(Value::as_u64).unwrap_or(1);
            found.push_back(Decided { record, outcome: None, times });
        }
    }

    fn wants(&self, record: &Value) -> bool {
        let text = |name: &str| record.get(name).and_then(Value::as_str);
        if self.only_denied && text("decision") != Some("deny") {
            return false;
        }
        if self.server.is_some() && self.server.as_deref() != text("server") {
            return false;
        }
        if let Some(run) = &self.run
            && !text("run").is_some_and(|of| of.starts_with(run.as_str()))
        {
            return false;
        }
        self.like.as_ref().is_none_or(|like| {
            ["server", "task", "verb", "ask", "decision", "code"].iter().all(|name| like.get(name) == record.get(name))
        })
    }
}

/// The open record of a run by its number: it is among the newest.
fn of_run<'a>(found: &'a mut VecDeque<Decided>, run: Option<&str>, number: u64) -> Option<&'a mut Decided> {
    found
        .iter_mut()
        .rev()
        .find(|open| open.record.get("n").and_then(Value::as_u64) == Some(number) && open.text("run") == run)
}
