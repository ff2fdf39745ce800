//! `airlock package`: packages of software that a job may install. A file for each command.

mod list;
mod sign;
mod verify;

use clap::Subcommand;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Sign(sign::Options),
    Verify(verify::Options),
    List(list::Options),
}

pub(crate) fn run(command: &Command, vardir: Option<&Path>) -> anyhow::Result<()> {
    match command {
        Command::Sign(options) => sign::run(options),
        Command::Verify(options) => verify::run(options, vardir),
        Command::List(options) => list::run(options, vardir),
    }
}
