//! `airlock policy`: what the owner's policy says, whether it is right, and what it would decide. A file for each command.

mod check;
mod diff;
mod explain;
mod learn;
mod lint;
mod preview;
mod problems;
mod test;

use crate::policies::Places;
use airlock_gate::policy::PolicyFile;
use airlock_native::{PolicyFiles, PolicyFolder};
use anyhow::{Context, anyhow};
use clap::Subcommand;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a policy: that it parses, names only what there is, passes its own tests, and who could have written it
    Check(check::Options),
    /// Say what is unwise in a policy, and how each server scores
    Lint(lint::Options),
    /// Run the tests that stand in a policy
    Test(test::Options),
    /// Say why a call is decided as it is, and which line would allow exactly it
    Explain(explain::Options),
    /// Say which decisions a change of policy changes
    Diff(diff::Options),
    /// Propose a policy from what was asked
    Learn(learn::Options),
    /// Write the exact bytes that a server would get, and say what was withheld by which line
    Preview(preview::Options),
}

pub(crate) fn run(command: &Command, places: &Places) -> anyhow::Result<()> {
    match command {
        Command::Check(options) => check::run(options, places),
        Command::Lint(options) => lint::run(options, places),
        Command::Test(options) => test::run(options, places),
        Command::Explain(options) => explain::run(options, places),
        Command::Diff(options) => diff::run(options, places),
        Command::Learn(options) => learn::run(options, places),
        Command::Preview(options) => preview::run(options, places),
    }
}

/// The files that are meant: those named, else those of the machine.
fn files(named: Option<&Path>, places: &Places) -> anyhow::Result<PolicyFiles> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => places.policy_path()?,
    };
    let found = PolicyFolder::new(&path).read().map_err(|why| anyhow!(why))?;
    if found.files.is_empty() {
        return Err(anyhow!("there is no policy")).with_context(|| path.display().to_string());
    }
    Ok(found)
}

/// The text of a file of a policy, for messages that show a line of it.
fn text_of<'f>(files: &'f [PolicyFile], name: &str) -> &'f str {
    files.iter().find(|file| file.name == name).map_or("", |file| file.text.as_str())
}
