//! `airlock task`: tasks, and the components that they are. A file for each command.

mod against;
mod inspect;
mod install;
pub(crate) mod keygen;
mod kit;
mod list;
mod new;
mod offer;
mod record;
mod replay;
mod run;
pub(crate) mod sign;
mod test;
mod trust;
mod verify;

use crate::exit::Failed;
use crate::policies::Places;
use crate::run::Outcome;
use crate::terminal;
use airlock_native::write_document;
use anyhow::Context;
use clap::Subcommand;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a task of your own: a folder with a crate that builds, and tests that pass
    New(new::Options),
    /// List the tasks that come with the program, and those that are installed
    List(list::Options),
    Inspect(inspect::Options),
    /// Run a task by hand: on this machine, as a rehearsal, or on a mocked machine
    Run(run::Options),
    /// Run a task on this machine and keep every answer
    Record(record::Options),
    /// Run a task on what was recorded; the machine is not looked at
    Replay(replay::Options),
    Keygen(keygen::Options),
    Sign(sign::Options),
    Trust(trust::Options),
    Verify(verify::Options),
    Install(install::Options),
    Remove(install::RemoveOptions),
    /// Run tasks on mocked machines and recordings, and compare what comes of it with what is expected
    Test(test::Options),
}

pub(crate) fn run(command: &Command, places: &Places) -> anyhow::Result<()> {
    match command {
        Command::New(options) => new::run(options),
        Command::Run(options) => run::run(options, places),
        Command::Record(options) => record::run(options, places),
        Command::Replay(options) => replay::run(options, places),
        Command::List(options) => list::run(options, places.vardir()),
        Command::Inspect(options) => inspect::run(options, places),
        Command::Keygen(options) => keygen::run(options),
        Command::Sign(options) => sign::run(options),
        Command::Trust(options) => trust::run(options, places.vardir()),
        Command::Verify(options) => verify::run(options, places.vardir()),
        Command::Install(options) => install::run(options, places),
        Command::Remove(options) => install::remove(options, places.vardir()),
        Command::Test(options) => test::run(options, places),
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}

/// Writes and prints what came of a run; an error if it did not end well.
pub(crate) fn finish(outcome: &Outcome, output: Option<&Path>, json: bool) -> anyhow::Result<()> {
    if let Some(path) = output {
        write_document(path, outcome.to_json()?.as_bytes()).with_context(|| path.display().to_string())?;
    }
    terminal::print(&if json { outcome.to_json()? } else { outcome.in_words() })?;
    if outcome.is_ok() { Ok(()) } else { Err(Failed.into()) }
}
