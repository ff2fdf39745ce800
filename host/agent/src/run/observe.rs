//! Observes a machine with a task of the program's own: for the person who gave the command, for one server or for many.
//! The machine is read once, however many look: each of them gets what its own policy lets its own run see.

use super::rights::{Owner, World, rights};
use super::{Component, Ended, Engine, live};
use crate::policies::Places;
use crate::timings::{ENGINE, LOAD, Phases, RUN};
use airlock_builtin::Builtin;
use airlock_facts::Machine;
use airlock_gate::Source;
use airlock_model::Report;
use airlock_native::{Budget, Collected, Folders, Observation, Watch};
use airlock_sandbox::{Bounds, Loaded, Unit};
use anyhow::Context;
use std::sync::Arc;
use std::time::Duration;

/// What is run, and on what.
pub(crate) struct Request<'a> {
    pub(crate) task: &'static Builtin,
    pub(crate) job: String,
    pub(crate) machine: Arc<Machine>,
    /// What the observation may take.
    pub(crate) budget: Budget,
    pub(crate) folders: Option<&'a Folders>,
    pub(crate) watch: Box<dyn Watch>,
    /// For which server, under what the owner's policy grants it; none: the owner's own command.
    pub(crate) server: Option<&'a str>,
    /// A folder stands for this machine.
    pub(crate) stands_in: bool,
    /// Where the owner's files are: the kill switch holds for the owner's own command too.
    pub(crate) places: &'a Places,
}

/// What came of it.
pub(crate) struct Observed {
    pub(crate) report: Report,
    pub(crate) observation: Observation,
}

/// Runs a built-in task once.
pub(crate) fn observe(request: Request<'_>, phases: &mut Phases) -> anyhow::Result<Observed> {
    let world = if request.stands_in { World::StandIn } else { World::Machine };
    let owner = Owner { places: request.places, folders: request.folders };
    let observer = Observer::new(request.task, request.machine, request.budget, owner, phases)?;
    let report = observer.report(request.server, request.job, request.watch, world)?;
    phases.mark(RUN);
    Ok(Observed { report, observation: observer.observation })
}

/// A task that is loaded, and a machine that is read once.
pub(crate) struct Observer<'a> {
    engine: Engine<'a>,
    component: Component,
    task: Loaded,
    machine: Arc<Machine>,
    budget: Budget,
    owner: Owner<'a>,
    pub(crate) observation: Observation,
}

impl<'a> Observer<'a> {
    pub(crate) fn new(
        task: &'static Builtin,
        machine: Arc<Machine>,
        budget: Budget,
        owner: Owner<'a>,
        phases: &mut Phases,
    ) -> anyhow::Result<Self> {
        let engine = Engine::new(owner.folders)?;
        phases.mark(ENGINE);
        let component = Component::builtin(task)?;
        let task = engine.load(&component)?;
        phases.compiled = !task.cached;
        phases.mark(LOAD);
        let observation = Observation::new(Arc::clone(&machine), budget);
        Ok(Self { engine, component, task, machine, budget, owner, observation })
    }

    /// What the server's policy (none: the owner's own command) lets a run see of the machine.
    pub(crate) fn report(
        &self,
        server: Option<&str>,
        job: String,
        watch: Box<dyn Watch>,
        world: World,
    ) -> anyhow::Result<Report> {
        let observation = self.observation.for_another();
        let collected = Arc::new(Collected::new(watch));
        let rights = rights(&self.component, server, &job, bounds(&self.budget), world, self.owner)?;
        let live = live(&self.machine, &observation, self.owner.folders, Arc::clone(&collected) as _);
        let order = rights.order(Source::Live(live), Unit { target: String::new(), job });
        let Ended { outcome, .. } = self.engine.run(&self.task, order)?;
        outcome.with_context(|| format!("the task {}", self.component.name))?;
        let mut report = collected.take();
        report.incomplete.extend(observation.incomplete());
        Ok(report)
    }
}

/// Collectors have deadlines of their own; the run's is for the task, and must not come before theirs.
pub(super) fn bounds(budget: &Budget) -> Bounds {
    Bounds { deadline: budget.whole + budget.collector + Duration::from_secs(60), ..Bounds::default() }
}
