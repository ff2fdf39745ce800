//! `airlock task replay`: a recorded run again, without looking at the machine.

use super::finish;
use crate::cli::inventory::folders;
use crate::exit::Usage;
use crate::policies::Places;
use crate::run::{Component, Engine, Outcome, Owner, Played, World, play, played, rights};
use crate::terminal::visible;
use airlock_gate::cassette::{Cassette, LARGEST};
use airlock_native::read_document;
use airlock_sandbox::Bounds;
use anyhow::{Context, anyhow};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "\
The same task on the same recording gives the same bytes (--json, -o). Another version of the task may ask in another
order; what it asks that was not recorded is an error that names the nearest recorded call. Another policy shows what it
would withhold of what was recorded.

Examples:
  airlock task replay run.cassette --json
  airlock task replay run.cassette --server hq     under the policy for that server
  airlock task replay run.cassette ./new-version.wasm

Exit codes: 0 the run ended well; 1 it failed, or asked for what was not recorded; 2 the command line makes no sense")]
pub(crate) struct Options {
    /// What `airlock task record` wrote
    #[arg(value_name = "FILE")]
    recording: PathBuf,

    /// The task, if it is not one that comes with the program, or is to be another version
    #[arg(value_name = "TASK|FILE.wasm")]
    task: Option<String>,

    /// Under the policy for this server [default: as it was recorded]
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Write the outcome there, as JSON
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// Reads a recording.
pub(super) fn open(path: &Path) -> anyhow::Result<Cassette> {
    let at = || path.display().to_string();
    let text = String::from_utf8(read_document(path, LARGEST).with_context(at)?).with_context(at)?;
    Cassette::parse(&text).map_err(|error| anyhow!("{}: {error}", path.display()))
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let folders = folders(places.vardir());
    let cassette = open(&options.recording)?;
    let header = cassette.header.clone();
    let component = match &options.task {
        Some(task) => Component::find(task, folders.as_ref())?,
        None => recorded_task(&header.task, &options.recording)?,
    };
    if component.digest().to_string() != header.digest {
        tracing::warn!("recorded with another version of {} ({:.12}…)", visible(&header.task), visible(&header.digest));
    }
    let engine = Engine::new(folders.as_ref())?;
    let owner = Owner { places, folders: folders.as_ref() };
    let server = options.server.as_deref().or(header.server.as_deref());
    let rights = rights(&component, server, &header.job, Bounds::default(), World::StandIn, owner)?;
    tracing::debug!("under {}", rights.words);
    let target = header.target;
    let Played { ended, replay, report, told } = play(&engine, &engine.load(&component)?, rights, cassette)?;
    let outcome = Outcome::new(&component.name, &target, &ended, &report).with_told(told);
    let outcome = Outcome { leftovers: played(&ended.gate, &replay), ..outcome };
    finish(&outcome, options.output.as_deref(), options.json)
}

/// The name in a recording is a name and never a path: a recording may come from anywhere.
fn recorded_task(name: &str, recording: &Path) -> anyhow::Result<Component> {
    let builtin = airlock_builtin::task(name).ok_or_else(|| {
        Usage(format!(
            "the task {} does not come with the program: airlock task replay {} FILE.wasm",
            visible(name),
            recording.display()
        ))
    })?;
    Component::builtin(builtin)
}
