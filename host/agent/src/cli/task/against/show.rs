//! The comparison, for people and for programs.

use super::compared::{Change, Comparison, Row};
use crate::table::{counted, table};
use crate::terminal::one_line;
use airlock_model::short_line;
use serde_json::{Value, json};
use std::fmt::Write;

/// Of a call that is shown to people, in characters.
const LONGEST: usize = 120;
/// Calls that are shown to people.
const SHOWN: usize = 100;

impl Comparison {
    pub(in crate::cli::task) fn in_words(&self) -> String {
        let mut text = format!("  against {}\n", counted(self.runs.len(), "recorded run"));
        if self.changes.is_empty() {
            text.push_str("    It makes the calls that were made before, and no others.\n");
        } else {
            let rows: Vec<Vec<String>> = self.changes.values().take(SHOWN).map(|row| self.row(row)).collect();
            for line in table(&["change", "call", ">runs", ">times", "the policy of now"], &rows).lines() {
                let _ = writeln!(text, "    {line}");
            }
            if self.changes.len() > SHOWN {
                let _ = writeln!(text, "    … and {} more (--json)", self.changes.len() - SHOWN);
            }
        }
        for run in self.runs.iter().filter(|run| run.ended_then != run.ends_now) {
            let (then, now) = (one_line(&run.ended_then), short_line(&run.ends_now, 300));
            let _ = writeln!(text, "    the run of {} ended then: {then}; now: {now}", one_line(&run.recorded));
        }
        if self.runs.iter().any(|run| run.ends_now != "ok") {
            text.push_str(
                "    What it would ask for behind a call that was not recorded or is refused is not known.\n",
            );
        }
        if self.dropped > 0 {
            let _ = writeln!(
                text,
                "    {} beyond those were made, and are not compared.",
                counted(usize::try_from(self.dropped).unwrap_or(usize::MAX), "call")
            );
        }
        for why in &self.unreadable {
            let _ = writeln!(text, "    not compared: {}", one_line(why));
        }
        text
    }

    fn row(&self, row: &Row) -> Vec<String> {
        let change = match row.change {
            Change::New => "+ new",
            Change::More => "+ more often",
            Change::Fewer => "- less often",
            Change::Gone => "- no longer",
        };
        let policy = match (row.change, row.refused) {
            (Change::Gone, _) => String::new(),
            (_, Some(code)) => format!("refuses it: {code}"),
            (_, None) => "allows it".to_owned(),
        };
        let call = short_line(&format!("{} {}", row.name, arguments(&row.call)), LONGEST);
        vec![change.to_owned(), call, row.runs.to_string(), row.times.to_string(), policy]
    }

    pub(in crate::cli::task) fn value(&self) -> Value {
        json!({
            "runs": self.runs,
            "changes": self.changes.values().collect::<Vec<_>>(),
            "unreadable": self.unreadable,
            "not_compared": self.dropped,
        })
    }
}

/// The arguments of a call as one reads them: `/etc/version, offset 0, length 99`.
fn arguments(call: &Value) -> String {
    let Value::Object(arguments) = call else { return call.to_string() };
    let words = arguments.iter().map(|(name, value)| match value {
        Value::String(text) if name == "path" || name == "section" => text.clone(),
        Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    });
    words.collect::<Vec<_>>().join(", ")
}
