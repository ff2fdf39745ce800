//! `airlock why`: any refusal, by the number that was told.

use crate::policies::Places;
use crate::recorded;
use crate::terminal;
use airlock_gate::audit::Question;
use airlock_native::{AuditReader, Folders};
use anyhow::bail;
use clap::Args;

/// Refusals that are looked through.
const MANY: usize = 100_000;

#[derive(Debug, Args)]
#[command(after_help = "\
A task, and whoever reads its messages, learns of a refusal only its number (\"audit 12\"). This says the rest: the rule,
the nearest grant, and the line that would allow exactly that call.

Examples:
  airlock why               the last refusal
  airlock why 12            the last one with this number
  airlock why 12 --run 65a1 of the run whose name begins so")]
pub(crate) struct Options {
    /// The number of the refusal in its run
    #[arg(value_name = "NUMBER")]
    number: Option<u64>,

    /// The last refusal (what is meant without a number)
    #[arg(long, conflicts_with = "number")]
    last: bool,

    /// Of this run, by the beginning of its name
    #[arg(long, value_name = "RUN")]
    run: Option<String>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let folders = Folders::new(places.vardir())?;
    let reader = AuditReader::new(&folders.audit()?);
    let last = if options.number.is_some() { MANY } else { 1 };
    let question = Question { last, only_denied: true, run: options.run.clone(), ..Question::default() };
    let found = reader.decided(&question)?;
    let numbered = |number: u64| {
        move |record: &serde_json::Value| record.get("n").and_then(serde_json::Value::as_u64) == Some(number)
    };
    let denied = match options.number {
        Some(number) => found.into_iter().rev().find(|decided| numbered(number)(&decided.record)),
        None => found.into_iter().next_back(),
    };
    match (denied, options.number) {
        (Some(denied), _) => recorded::explain(&denied, &reader, places, options.json),
        (None, Some(number)) => bail!("no refusal with the number {number} is recorded (airlock audit show --denied)"),
        (None, None) => Ok(terminal::print("No refusal is recorded.\n")?),
    }
}
