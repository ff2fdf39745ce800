//! `airlock task run`: a task, by hand.

use super::finish;
use crate::cli::inventory::folders;
use crate::policies::Places;
use crate::progress::Bar;
use crate::run::{Component, Engine, Kept, Outcome, Owner, World, live, mock_beside, read_text, rights, unit};
use airlock_facts::Machine;
use airlock_gate::{Plan, Source};
use airlock_native::{Budget, Collected, Observation};
use airlock_sandbox::{Bounds, Unit};
use anyhow::anyhow;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(after_help = "\
What it may do: with --server, what the policy grants that server's tasks. Without, a task that comes with the program
has the owner's own grant; a component from a file has what --policy grants the server \"owner\" (the owner's own command),
and without that nothing but the run itself (its log, its clock, its report).

Examples:
  airlock task run inventory --job '{\"no_category\": [\"process\"]}'
  airlock task run ./my-task.wasm --server hq --rehearse       what it would change, and nothing is changed
  airlock task run ./my-task.wasm --server hq --mock host.toml  on a machine that one file describes")]
pub(crate) struct Options {
    #[command(flatten)]
    pub(super) what: What,

    /// Look at this machine, but only say what would be changed
    #[arg(long, conflicts_with = "mock")]
    rehearse: bool,

    /// Really download packages for the rehearsal: what would be done with them is known only then
    #[arg(long, requires = "rehearse")]
    fetch: bool,

    /// Run it on the machine that this file describes
    #[arg(long, value_name = "FILE.toml")]
    mock: Option<PathBuf>,

    /// Write the outcome there, as JSON
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// What is run, for whom, about what.
#[derive(Debug, Args)]
pub(super) struct What {
    /// A task's name (see `airlock task list`), or a file
    #[arg(value_name = "TASK|FILE.wasm")]
    pub(super) task: String,

    /// The job, as a server would send it: JSON, or @FILE
    #[arg(long, value_name = "JSON|@FILE")]
    pub(super) job: Option<String>,

    /// What this unit of the job is about: an address, a package
    #[arg(long, value_name = "TEXT")]
    pub(super) target: Option<String>,

    /// Run it as if this server had sent it, under the policy for it
    #[arg(long, value_name = "NAME")]
    pub(super) server: Option<String>,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let folders = folders(places.vardir());
    let component = Component::find(&options.what.task, folders.as_ref())?;
    let unit = unit(options.what.job.as_deref(), options.what.target.as_deref())?;
    let engine = Engine::new(folders.as_ref())?;
    let engine = if options.mock.is_some() { engine.without_recordings() } else { engine };
    let owner = Owner { places, folders: folders.as_ref() };
    let outcome = match &options.mock {
        Some(path) => on_mock(&engine, &component, unit, options, path, owner)?,
        None => on_machine(&engine, &component, unit, options, owner)?,
    };
    finish(&outcome, options.output.as_deref(), options.json)
}

fn on_mock(
    engine: &Engine<'_>,
    component: &Component,
    unit: Unit,
    options: &Options,
    path: &Path,
    owner: Owner<'_>,
) -> anyhow::Result<Outcome> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mock = mock_beside(&read_text(path)?, folder).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    let mock = Arc::new(mock);
    let kept = Arc::new(Kept::default());
    let server = options.what.server.as_deref();
    let rights = rights(component, server, &unit.job, Bounds::default(), World::StandIn, owner)?;
    tracing::debug!("under {}", rights.words);
    let target = unit.target.clone();
    let order = rights.order(Source::Live(mock.native(Arc::clone(&kept) as _)), unit);
    let ended = engine.run(&engine.load(component)?, order)?;
    for line in kept.lines() {
        tracing::info!("task: {}", crate::terminal::visible(&line));
    }
    let outcome = Outcome::new(&component.name, &target, &ended, &kept.report()).with_told(kept.told());
    Ok(Outcome { changes: mock.changes(), ..outcome })
}

/// What the observation of this machine may take.
pub(super) fn budget() -> Budget {
    Budget::of_collectors(Duration::from_secs(30))
}

fn on_machine(
    engine: &Engine<'_>,
    component: &Component,
    unit: Unit,
    options: &Options,
    owner: Owner<'_>,
) -> anyhow::Result<Outcome> {
    let machine = Arc::new(Machine::live());
    let observation = Observation::new(Arc::clone(&machine), budget());
    let collected = Arc::new(Collected::new(Bar::start("task")));
    let native = live(&machine, &observation, engine.folders(), Arc::clone(&collected) as _);
    let plan = Arc::new(Plan::default());
    let source = if options.rehearse {
        Source::rehearsal(native, Arc::clone(&plan), options.fetch)
    } else {
        Source::Live(native)
    };
    let bounds = Bounds { deadline: Duration::from_secs(900), ..Bounds::default() };
    let server = options.what.server.as_deref();
    let world = if options.rehearse { World::StandIn } else { World::Machine };
    let rights = rights(component, server, &unit.job, bounds, world, owner)?;
    tracing::debug!("under {}", rights.words);
    let target = unit.target.clone();
    let order = rights.order(source, unit);
    let ended = engine.run(&engine.load(component)?, order)?;
    let planned = [plan.steps(), ended.gate.planned()].concat();
    let outcome = Outcome::new(&component.name, &target, &ended, &collected.take()).with_told(collected.told());
    Ok(Outcome { planned, ..outcome })
}
