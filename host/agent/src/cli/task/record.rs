//! `airlock task record`: a run on this machine, with every answer kept.

use super::finish;
use super::run::{What, budget};
use crate::cli::inventory::folders;
use crate::identifying::{key, renaming};
use crate::policies::Places;
use crate::progress::Bar;
use crate::run::{Component, Engine, Outcome, Owner, World, header, live, rights, unit};
use airlock_facts::Machine;
use airlock_gate::cassette::Cassette;
use airlock_gate::{Recorder, Source};
use airlock_native::{Collected, Observation, write_document};
use airlock_sandbox::Bounds;
use anyhow::{Context, anyhow};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(after_help = "\
A recording has every call that the task made and what the machine answered, before the policy took anything out: the
same recording under another policy shows what that would withhold. It holds what the machine knows of itself, secrets
included, so a new file is readable for its owner alone. --pseudonyms replaces what names machines and people.

Examples:
  airlock task record inventory -o run.cassette
  airlock task replay run.cassette                 the same run again, without looking at the machine
  airlock task record inventory -o for-others.cassette --pseudonyms")]
pub(crate) struct Options {
    #[command(flatten)]
    what: What,

    /// The recording
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,

    /// Replace names of machines and people, serial numbers and addresses by stand-ins of the same shape
    #[arg(long)]
    pseudonyms: bool,

    /// Write the outcome there, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let folders = folders(places.vardir());
    let component = Component::find(&options.what.task, folders.as_ref())?;
    let unit = unit(options.what.job.as_deref(), options.what.target.as_deref())?;
    let engine = Engine::new(folders.as_ref())?;
    let machine = Arc::new(Machine::live());
    let observation = Observation::new(Arc::clone(&machine), budget());
    let collected = Arc::new(Collected::new(Bar::start("task")));
    let recorder = Arc::new(Recorder::default());
    let bounds = Bounds { deadline: Duration::from_secs(900), ..Bounds::default() };
    let owner = Owner { places, folders: folders.as_ref() };
    let server = options.what.server.as_deref();
    let rights = rights(&component, server, &unit.job, bounds, World::Machine, owner)?;
    tracing::debug!("under {}", rights.words);
    let target = unit.target.clone();
    let native = live(&machine, &observation, folders.as_ref(), Arc::clone(&collected) as _);
    let order = rights.order(Source::Record(native, Arc::clone(&recorder)), unit);
    let task = engine.load(&component)?;
    let header = header(&order, &task);
    let ended = engine.run(&task, order)?;
    let outcome = Outcome::new(&component.name, &target, &ended, &collected.take()).with_told(collected.told());
    let (exchanges, denied) = recorder.take().map_err(|why| anyhow!("the run was not recorded: {why}"))?;
    let mut cassette = Cassette { header, exchanges, denied, end: outcome.outcome.clone() };
    if options.pseudonyms {
        let names = renaming(&cassette, &key());
        cassette = cassette.renamed(|text| names.text(text));
    }
    let text = cassette.to_text()?;
    write_document(&options.output, text.as_bytes()).with_context(|| options.output.display().to_string())?;
    tracing::info!("{}: {} exchanges", options.output.display(), cassette.exchanges.len());
    finish(&outcome, options.report.as_deref(), options.json)
}
