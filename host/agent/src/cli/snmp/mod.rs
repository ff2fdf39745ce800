//! `airlock snmp`: a device, asked by hand.

mod walk;

use crate::policies::Places;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write down all that a device says, to stand for it
    Walk(walk::Options),
}

pub(crate) fn run(command: &Command, places: &Places) -> anyhow::Result<()> {
    match command {
        Command::Walk(options) => walk::run(options, places),
    }
}
