//! `airlock audit show`.

use super::{Log, reading};
use crate::table::table;
use crate::terminal;
use airlock_gate::audit::{Decided, Question};
use clap::Args;
use serde_json::{Value, json};
use std::path::Path;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  airlock audit show                          the last 50 records
  airlock audit show --denied --last 10       the last ten refusals
  airlock audit show --server hq --json       what was decided for one server, for programs
  airlock audit show --run 18f2c              one run, by the beginning of its name

An equal refusal is written once in a run and counted: TIMES says how often it was made.")]
pub(crate) struct Options {
    /// How many records, newest last
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    last: u32,

    /// Only what was refused
    #[arg(long)]
    denied: bool,

    /// Only one run, by its name or the beginning of it
    #[arg(long, value_name = "RUN")]
    run: Option<String>,

    /// Only what was decided for this server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Print JSON: each record as it stands in the log, with its outcome
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    log: Log,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let (path, reader) = options.log.reader(vardir)?;
    let question = Question {
        last: usize::try_from(options.last).unwrap_or(usize::MAX),
        only_denied: options.denied,
        run: options.run.clone(),
        server: options.server.clone(),
        like: None,
    };
    let found = reading(&path, reader.decided(&question))?;
    let text = if options.json {
        terminal::json(&found.iter().map(as_json).collect::<Vec<_>>().into())
    } else if found.is_empty() {
        "Nothing of that kind is recorded.\n".to_owned()
    } else {
        let rows: Vec<Vec<String>> = found.iter().map(row).collect();
        table(HEADING, &rows)
    };
    Ok(terminal::print(&text)?)
}

fn as_json(decided: &Decided) -> Value {
    json!({"record": decided.record, "outcome": decided.outcome, "times": decided.times})
}

pub(super) const HEADING: &[&str] =
    &["time (UTC)", "server", "task", "decision", "verb", "about", ">times", "rule or reason", "outcome"];

/// A record as a line of a table.
pub(super) fn row(decided: &Decided) -> Vec<String> {
    let text = |name: &str| decided.text(name).unwrap_or_default().to_owned();
    let time = text("time").replace('T', " ").split('.').next().unwrap_or_default().to_owned();
    let neighbour = decided.text("neighbour").map(|address| format!("(neighbour {address})"));
    let server = decided.text("server").map(str::to_owned).or(neighbour).unwrap_or_else(|| "(owner)".to_owned());
    if let Some(event) = decided.text("event") {
        let about = decided.record.get("details").map(about).unwrap_or_default();
        return vec![
            time,
            String::new(),
            String::new(),
            "event".into(),
            event.into(),
            about,
            String::new(),
            String::new(),
            String::new(),
        ];
    }
    if let Some(end) = decided.text("end") {
        let spent = decided.record.get("spent").map(about).unwrap_or_default();
        return vec![
            time,
            server,
            text("task"),
            "end".into(),
            String::new(),
            spent,
            String::new(),
            String::new(),
            end.into(),
        ];
    }
    let ask = decided.record.get("ask").map(about).unwrap_or_default();
    let detail = decided.text("detail").map(|detail| format!(" {detail}")).unwrap_or_default();
    let (decision, reason) = match decided.is_denied() {
        true => ("DENY".to_owned(), format!("{}: {}", text("code"), text("why"))),
        false => (text("decision"), text("rule")),
    };
    let outcome =
        decided.outcome.clone().unwrap_or_else(|| if decided.is_denied() { String::new() } else { "(open)".into() });
    vec![time, server, text("task"), decision, text("verb"), ask + &detail, decided.times.to_string(), reason, outcome]
}

/// An object in a few words: what is said of it, without its verb.
fn about(ask: &Value) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(","),
        other => other.to_string(),
    };
    match ask {
        Value::Object(members) => {
            let said = members.iter().filter(|(name, _)| *name != "verb");
            said.map(|(name, value)| format!("{name}={}", word(value))).collect::<Vec<_>>().join(" ")
        }
        other => word(other),
    }
}
