//! `airlock audit tail`.

use super::show::row;
use super::{Log, reading};
use crate::terminal::{self, one_line};
use airlock_gate::audit::{Decided, Question};
use clap::Args;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  airlock audit tail              the last ten records
  airlock audit tail -f           and each one as it is made, until Ctrl-C
  airlock audit tail -f --json    the lines of the log itself, for programs")]
pub(crate) struct Options {
    /// How many records to begin with
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    last: u32,

    /// Go on: show each record as it is made
    #[arg(long, short)]
    follow: bool,

    /// Print the records as they stand in the log, one a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    log: Log,
}

/// How often it is looked for new records.
const LOOK: Duration = Duration::from_millis(250);

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let (path, reader) = options.log.reader(vardir)?;
    let mut position = reader.end();
    let question = Question { last: usize::try_from(options.last).unwrap_or(usize::MAX), ..Question::default() };
    for decided in reading(&path, reader.decided(&question))? {
        show(options, &decided)?;
    }
    if !options.follow {
        return Ok(());
    }
    loop {
        let new = reading(&path, reader.since(&mut position))?;
        for line in new.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<Value>(line) {
                Ok(record) => show(options, &Decided { record, outcome: None, times: 1 })?,
                Err(_) => tracing::warn!("a line that is no record (airlock audit verify)"),
            }
        }
        std::thread::sleep(LOOK);
    }
}

/// One line each. What only closes a record says how it ended.
fn show(options: &Options, decided: &Decided) -> anyhow::Result<()> {
    let line = if options.json {
        one_json(&decided.record)
    } else if let Some(closes) = decided.record.get("closes") {
        format!("  {closes} {}", decided.text("outcome").unwrap_or_default())
    } else {
        row(decided).into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("  ")
    };
    Ok(terminal::print(&format!("{}\n", one_line(&line)))?)
}

fn one_json(record: &Value) -> String {
    let mut whole = airlock_gate::Record::default();
    for (name, value) in record.as_object().into_iter().flatten() {
        whole.set(name, value);
    }
    whole.line()
}
