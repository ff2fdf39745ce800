//! `airlock sent`: what left this machine.

use crate::difference;
use crate::exit::Usage;
use crate::table::table;
use crate::terminal;
use airlock_native::{Departure, Folders, Sent};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::path::Path;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  airlock sent                        what left, for which server, newest last
  airlock sent --server hq --last     the last document that hq got, byte for byte
  airlock sent --server hq --diff     what was new in it, by section and row
  airlock sent --kind status --last   what a server was told last of how a job goes, as it was told

Documents are kept as they left: the last 50 of each server, and at most 64 MiB; so are lines about jobs (kind status), in a
room of their own. The list says what left before, too, and what was handed over from files (airlock inject), which is listed
and not kept. `result` is what the server made of it, as far as that is known.")]
pub(crate) struct Options {
    /// Only what left for this server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Only what is of this kind: inventory, netinventory, collect, status …
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,

    /// Print the last document as it left
    #[arg(long, conflicts_with_all = ["diff", "json"])]
    last: bool,

    /// Show what was new in the last document: compared with the one before it of the same kind, for the same server
    #[arg(long)]
    diff: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let sent = Sent::new(&Folders::new(vardir)?);
    let mut all = sent.all(options.server.as_deref())?;
    all.retain(|departure| options.kind.as_ref().is_none_or(|kind| *kind == departure.kind));
    if options.last || options.diff {
        let own: Vec<Departure> = all.into_iter().filter(|one| one.from.is_none()).collect();
        if options.diff {
            return diff(options, &sent, &own);
        }
        let last = own.last().ok_or_else(|| nothing(options))?;
        return Ok(terminal::print_bytes(&document(&sent, last)?)?);
    }
    let text = if options.json {
        terminal::json(&json!(all))
    } else if all.is_empty() {
        format!("{}\n", nothing(options))
    } else {
        let rows: Vec<Vec<String>> = all.iter().map(row).collect();
        table(&["time (UTC)", "server", "kind", "to", ">bytes", "sha256", "result"], &rows)
    };
    Ok(terminal::print(&text)?)
}

fn nothing(options: &Options) -> anyhow::Error {
    let server = options.server.as_ref().map(|name| format!(" for {name}")).unwrap_or_default();
    let kind = options.kind.as_ref().map(|kind| format!(" of the kind {kind}")).unwrap_or_default();
    anyhow::anyhow!("nothing{kind} has left this machine{server}")
}

fn row(departure: &Departure) -> Vec<String> {
    let time = departure.time.replace('T', " ").split('.').next().unwrap_or_default().to_owned();
    let sha256 = departure.sha256.chars().take(12).collect();
    let (server, to) = (departure.server.clone(), departure.to.clone());
    let kind = match &departure.from {
        Some(file) => format!("{} in {file}", departure.kind),
        None => departure.kind.clone(),
    };
    let result = departure.result.clone().unwrap_or_default();
    vec![time, server, kind, to, departure.bytes.to_string(), sha256, result]
}

fn document(sent: &Sent, departure: &Departure) -> anyhow::Result<Vec<u8>> {
    let kept = sent.document(departure)?;
    kept.with_context(|| format!("the document of {} is no longer kept", departure.time))
}

fn diff(options: &Options, sent: &Sent, all: &[Departure]) -> anyhow::Result<()> {
    let last = all.last().ok_or_else(|| nothing(options))?;
    let before = all.iter().rev().skip(1).find(|one| one.server == last.server && one.kind == last.kind);
    let Some(before) = before else {
        let what = format!("{} had no {} before that of {}: all of it was new", last.server, last.kind, last.time);
        return Err(Usage(what).into());
    };
    let difference = difference::between(&document(sent, before)?, &document(sent, last)?);
    let text = if options.json {
        terminal::json(&json!({"from": before, "to": last, "sections": difference}))
    } else {
        format!(
            "{}: {} {} since {}\n{}",
            last.server,
            last.kind,
            last.time,
            before.time,
            difference::in_words(&difference)
        )
    };
    Ok(terminal::print(&text)?)
}
