//! `airlock policy learn`: a proposal from what was asked. Never a grant: a person reads it and puts it into policy.d.

use super::files;
use crate::policies::Places;
use crate::recorded::{self, Calls};
use crate::terminal::{self, visible};
use airlock_gate::policy::{Rules, learn};
use airlock_native::write_document;
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
What was asked comes from the audit of this machine (with mode = \"observe\" in a policy every question is kept for this), or
from a recording. The proposal lists what was seen and nothing more: no network around an address, no folder around a
file. It is not put into force.

Examples:
  airlock policy learn --server hq -o 50-hq.toml
  airlock policy learn --from run.cassette --server hq")]
pub(crate) struct Options {
    #[command(flatten)]
    calls: Calls,

    /// Write the proposal there [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let calls = recorded::calls(&options.calls, places)?;
    // Names that calls use (servers, credentials) are those of the policy that there is.
    let known = files(None, places).ok().and_then(|found| Rules::parse(&found.files).ok()).unwrap_or_default();
    let proposal = learn(&calls, &known);
    if let Some(path) = &options.output {
        write_document(path, proposal.text.as_bytes()).with_context(|| path.display().to_string())?;
    }
    for what in &proposal.left_out {
        tracing::warn!("left out: {}", visible(what));
    }
    if options.json {
        return Ok(terminal::print(&format!("{:#}\n", json!(proposal)))?);
    }
    match &options.output {
        Some(path) => tracing::info!("{}: {} grants from {} calls", path.display(), proposal.grants, calls.len()),
        None => terminal::print(&visible(&proposal.text))?,
    }
    Ok(())
}
