//! `airlock doctor`: what is wrong, and what to do about it. A file for each thing that is looked at.

mod tls;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show whom a server's certificate is from, whether it is believed, and the line of the policy that is missing
    Tls(tls::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Tls(options) => tls::run(options),
    }
}
