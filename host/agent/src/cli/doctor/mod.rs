//! `airlock doctor`: what is wrong, and what to do about it. A file for each thing that is looked at.

mod files;
mod tls;

use crate::policies::Places;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show which of the owner's files others could have written, or read
    Files(files::Options),

    /// Show whom a server's certificate is from, whether it is believed, and the line of the policy that is missing
    Tls(tls::Options),
}

pub(crate) fn run(command: &Command, places: &Places) -> anyhow::Result<()> {
    match command {
        Command::Files(options) => files::run(options, places),
        Command::Tls(options) => tls::run(options),
    }
}
