//! What came of a run, as a document: nothing in it says when or where it was made, so the same run gives the same bytes.

use super::{Ended, Leftovers};
use crate::table::table;
use crate::terminal::visible;
use airlock_gate::Refused;
use airlock_gate::calls::{Asked, StatusLine, Told};
use airlock_model::{Incomplete, Report, Row, Value};
use airlock_sandbox::RunError;
use serde::Serialize;
use serde_json::{Map, json};
use std::fmt::Write;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    pub(crate) task: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) target: String,
    /// `ok`, or how the run failed.
    pub(crate) outcome: String,
    pub(crate) report: serde_json::Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) incomplete: Vec<Incomplete>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused: Vec<Refused>,
    /// What the task told its server.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) status: Vec<StatusLine>,
    /// The results of a collection.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) answers: Vec<Map<String, serde_json::Value>>,
    /// What people answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asked: Vec<Asked>,
    /// What a rehearsal would have done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) planned: Vec<String>,
    /// What was changed on a mocked machine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) changes: Vec<String>,
    #[serde(flatten)]
    pub(crate) leftovers: Leftovers,
}

impl Outcome {
    pub(crate) fn new(task: &str, target: &str, ended: &Ended, report: &Report) -> Self {
        Self {
            task: task.to_owned(),
            target: target.to_owned(),
            outcome: ended.outcome.as_ref().map_or_else(words, |()| "ok".to_owned()),
            report: sections(report),
            incomplete: ended.gate.incomplete(),
            refused: ended.gate.refused(),
            status: vec![],
            answers: vec![],
            asked: vec![],
            planned: vec![],
            changes: vec![],
            leftovers: Leftovers::default(),
        }
    }

    /// With what the task told its server.
    pub(crate) fn with_told(self, told: Told) -> Self {
        let object = |fields: Vec<(String, String)>| fields.into_iter().map(|(name, value)| (name, json!(value)));
        let answers = told.answers.into_iter().map(|fields| object(fields).collect()).collect();
        Self { status: told.lines, answers, asked: told.asked, ..self }
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.outcome == "ok" && self.leftovers.missed.is_empty()
    }

    pub(crate) fn to_json(&self) -> anyhow::Result<String> {
        Ok(format!("{:#}\n", serde_json::to_value(self)?))
    }

    /// For people.
    pub(crate) fn in_words(&self) -> String {
        let mut text = format!("{}: {}\n", visible(&self.task), visible(&self.outcome));
        let rows = |rows: &serde_json::Value| rows.as_array().map_or(0, Vec::len).to_string();
        let sections: Vec<Vec<String>> =
            self.report.as_object().into_iter().flatten().map(|(name, list)| vec![name.clone(), rows(list)]).collect();
        if !sections.is_empty() {
            let _ = write!(text, "{}", table(&["section", ">rows"], &sections));
        }
        let mut list = |heading: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                let _ = writeln!(text, "{heading}:");
            }
            for line in lines {
                let _ = writeln!(text, "  {}", visible(&line).replace('\n', " "));
            }
        };
        list("incomplete", self.incomplete.iter().map(ToString::to_string).collect());
        list("refused", self.refused.iter().map(ToString::to_string).collect());
        list("told the server", self.status.iter().map(told).collect());
        list("answers", self.answers.iter().map(|fields| json!(fields).to_string()).collect());
        list("asked", self.asked.iter().map(|asked| json!(asked).to_string()).collect());
        list("would", self.planned.clone());
        list("changed on the mocked machine", self.changes.clone());
        list("withheld by the policy", self.leftovers.withheld.clone());
        list("recorded, and not asked for", self.leftovers.unused.clone());
        list("asked for, and not recorded", self.leftovers.missed.clone());
        text
    }
}

/// A line of a job's record: where the job is, how it went, in words, and what it is about.
pub(crate) fn told(line: &StatusLine) -> String {
    let mut text = line.step.map_or("", |step| step.name()).to_owned();
    for word in [line.status.as_deref(), Some(line.message.as_str())].into_iter().flatten() {
        let colon = if text.is_empty() { "" } else { ": " };
        let _ = write!(text, "{colon}{word}");
    }
    let about = [("check", line.check), ("action", line.action)];
    for (what, number) in about.into_iter().filter_map(|(what, number)| Some((what, number?))) {
        let _ = write!(text, " ({what} {})", number.saturating_add(1));
    }
    text
}

/// How a run failed. The number of an audit record is another one each time.
pub(crate) fn words(error: &RunError) -> String {
    match error {
        RunError::Denied(denial) => format!("failed: refused by this machine's policy: {}", denial.capability),
        other => format!("failed: {other}"),
    }
}

/// The rows by section, as plain JSON.
pub(crate) fn sections(report: &Report) -> serde_json::Value {
    let row = |row: &Row| row.iter().map(|(name, value)| (name.to_owned(), plain(value))).collect::<Map<_, _>>();
    let all = report
        .sections()
        .map(|(section, rows)| (section.name.to_owned(), json!(rows.iter().map(row).collect::<Vec<_>>())));
    serde_json::Value::Object(all.collect())
}

fn plain(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Boolean(yes) => json!(yes),
        Value::Bytes(_) => json!(value.to_text()),
        Value::Texts(texts) => json!(texts),
    }
}
