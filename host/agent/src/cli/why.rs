//! `airlock why`: any refusal, by the number that was told; and why a server or a task does not get what it should.

use super::chain::{self, Chain};
use crate::config;
use crate::exit::Usage;
use crate::policies::Places;
use crate::recorded;
use crate::round::TASKS;
use crate::terminal::{self, visible};
use airlock_gate::audit::Question;
use airlock_native::{AuditReader, Folders};
use anyhow::bail;
use clap::Args;
use std::fmt::Write;

/// Refusals that are looked through.
const MANY: usize = 100_000;

#[derive(Debug, Args)]
#[command(after_help = "\
A task, and whoever reads its messages, learns of a refusal only its number (\"audit 12\"). This says the rest: the rule,
the nearest grant, and the line that would allow exactly that call.

Examples:
  airlock why               the last refusal
  airlock why 12            the last one with this number
  airlock why 12 --run 65a1 of the run whose name begins so
  airlock why hq            the way from the settings to the last result of that server, with the first broken link
  airlock why deploy        the same for a task, at every server")]
pub(crate) struct Options {
    /// The number of a refusal in its run; or a target, or a task
    #[arg(value_name = "NUMBER|TARGET|TASK")]
    what: Option<String>,

    /// The last refusal (what is meant without a number)
    #[arg(long, conflicts_with = "what")]
    last: bool,

    /// Of this run, by the beginning of its name
    #[arg(long, value_name = "RUN")]
    run: Option<String>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let number = options.what.as_deref().and_then(|what| what.parse::<u64>().ok());
    if let Some(what) = options.what.as_deref().filter(|_| number.is_none()) {
        return chains(what, options.json, places);
    }
    let folders = Folders::new(places.vardir())?;
    let reader = AuditReader::new(&folders.audit()?);
    let last = if number.is_some() { MANY } else { 1 };
    let question = Question { last, only_denied: true, run: options.run.clone(), ..Question::default() };
    let found = reader.decided(&question)?;
    let numbered = |number: u64| {
        move |record: &serde_json::Value| record.get("n").and_then(serde_json::Value::as_u64) == Some(number)
    };
    let denied = match number {
        Some(number) => found.into_iter().rev().find(|decided| numbered(number)(&decided.record)),
        None => found.into_iter().next_back(),
    };
    match (denied, number) {
        (Some(denied), _) => recorded::explain(&denied, &reader, places, options.json),
        (None, Some(number)) => bail!("no refusal with the number {number} is recorded (airlock audit show --denied)"),
        (None, None) => Ok(terminal::print("No refusal is recorded.\n")?),
    }
}

/// The chains of what a person asks about.
fn chains(what: &str, as_json: bool, places: &Places) -> anyhow::Result<()> {
    let settings = config::load(places)?;
    let folders = Folders::new(places.under(&settings).vardir())?;
    let is_target = settings.servers.iter().any(|server| server.name == what);
    let mut known: Vec<&str> = settings.servers.iter().map(|server| server.name.as_str()).collect();
    known.extend(TASKS);
    if !known.contains(&what) {
        let hint = airlock_gate::near::hint(what, known.iter().copied());
        return Err(Usage(format!("{what}: neither a number, nor a server of airlock.toml, nor a task{hint}")).into());
    }
    let of = settings.servers.iter().filter(|server| !is_target || server.name == what);
    let task = (!is_target).then_some(what);
    let all: Vec<Chain> =
        of.map(|server| chain::of_server(server, &settings, task, places, &folders)).collect::<Result<_, _>>()?;
    if as_json {
        return Ok(terminal::print(&format!("{}\n", serde_json::to_string_pretty(&all)?))?);
    }
    let mut text = String::new();
    for chain in &all {
        let _ = writeln!(text, "{}", chain.target);
        for link in &chain.links {
            let mark = match link.ok {
                Some(true) => "ok",
                Some(false) => "NO",
                None => "-",
            };
            let _ = writeln!(text, "  {mark:<2}  {:<9} {}", link.link, visible(&link.words));
        }
        let _ = match chain.broken() {
            Some(link) => writeln!(text, "  The first broken link: {}: {}\n", link.link, visible(&link.words)),
            None => writeln!(text, "  No link is broken.\n"),
        };
    }
    if all.is_empty() {
        text.push_str("No server is named in airlock.toml ([[server]]).\n");
    }
    Ok(terminal::print(&text)?)
}
