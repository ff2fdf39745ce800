//! `airlock policy preview inventory --server NAME`: the exact bytes that would leave, and what was withheld by which line.

use crate::cli::inventory;
use crate::policies::Places;
use clap::Args;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Debug, Args)]
#[command(after_help = "\
Nothing leaves, nothing is used up, and nothing is written down as sent. What was withheld, and by which line of the
policy, is said on standard error.

Examples:
  airlock policy preview inventory --server hq
  airlock policy preview inventory --server hq -o hq.json --policy 50-new.toml")]
pub(crate) struct Options {
    /// What would be sent
    #[arg(value_name = "WHAT", value_parser = ["inventory"])]
    what: String,

    /// The server that it would be sent to; `neighbours`: who gets the inventory from this machine itself
    #[arg(long, value_name = "NAME")]
    server: String,

    /// As XML, in place of JSON
    #[arg(long)]
    xml: bool,

    /// Write there [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let inventory = inventory::Options::preview(&options.server, options.output.as_deref(), options.xml)?;
    inventory::run(&inventory, places, Instant::now())
}
