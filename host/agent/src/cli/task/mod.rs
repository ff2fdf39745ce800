//! `airlock task`: tasks, and the components that they are. A file for each command.

mod build;
mod inspect;
mod list;
mod new;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a task of your own: a folder with a crate that builds, and tests that pass
    New(new::Options),
    /// Build a task's component from its sources
    Build(build::Options),
    /// List the tasks that come with the program
    List(list::Options),
    /// Say what a component imports, in words, with its size and digest; nothing of it is run
    Inspect(inspect::Options),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::New(options) => new::run(options),
        Command::Build(options) => build::run(options),
        Command::List(options) => list::run(options),
        Command::Inspect(options) => inspect::run(options),
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}
