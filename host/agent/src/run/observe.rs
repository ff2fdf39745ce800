//! Observes a machine with a task of the program's own, for the person who gave the command or for a server.

use super::rights::{Owner, World, rights};
use super::{Component, Ended, Engine, Order, live};
use crate::policies::Places;
use crate::timings::{ENGINE, LOAD, Phases, RUN};
use airlock_builtin::Builtin;
use airlock_facts::Machine;
use airlock_gate::Source;
use airlock_model::Report;
use airlock_native::{Budget, Collected, Folders, Observation, Watch};
use airlock_sandbox::{Bounds, Unit};
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

/// Runs a built-in task.
pub(crate) fn observe(request: Request<'_>, phases: &mut Phases) -> anyhow::Result<Observed> {
    let engine = Engine::new(request.folders)?;
    phases.mark(ENGINE);
    let component = Component::builtin(request.task)?;
    let task = engine.load(&component)?;
    phases.compiled = !task.cached;
    phases.mark(LOAD);
    let observation = Observation::new(Arc::clone(&request.machine), request.budget);
    let collected = Arc::new(Collected::new(request.watch));
    let owner = Owner { places: request.places, folders: request.folders };
    let world = if request.stands_in { World::StandIn } else { World::Machine };
    let rights = rights(&component, request.server, &request.job, bounds(&request.budget), world, owner)?;
    let order = Order {
        asker: rights.asker,
        guards: rights.guards,
        digest: rights.digest,
        policy: rights.policy,
        limits: rights.limits,
        bounds: rights.bounds,
        source: Source::Live(live(&request.machine, &observation, request.folders, Arc::clone(&collected) as _)),
        unit: Unit { target: String::new(), job: request.job },
    };
    let Ended { outcome, .. } = engine.run(&task, order)?;
    outcome.with_context(|| format!("the task {}", request.task.name))?;
    phases.mark(RUN);
    let mut report = collected.take();
    report.incomplete.extend(observation.incomplete());
    Ok(Observed { report, observation })
}

/// Collectors have deadlines of their own; the run's is for the task, and must not come before theirs.
pub(super) fn bounds(budget: &Budget) -> Bounds {
    Bounds { deadline: budget.whole + budget.collector + Duration::from_secs(60), ..Bounds::default() }
}
