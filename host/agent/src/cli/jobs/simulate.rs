//! What a job would do: the real task, under the policy that it would run under, on this machine as it is; what would be
//! changed is planned, and nothing of it is done.

use crate::cli::task::finish;
use crate::policies::Places;
use crate::run::{Component, Engine, Outcome, Owner, World, live, rights};
use airlock_facts::{Machine, Roots};
use airlock_gate::{Plan, Source};
use airlock_native::{Budget, Collected, Folders, JobState, KeptJob, Observation};
use airlock_sandbox::{Bounds, Unit};
use anyhow::Context;
use std::sync::Arc;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(900);
const COLLECTOR: Duration = Duration::from_secs(30);

pub(super) fn simulate(
    (job, _): &(KeptJob, JobState),
    json: bool,
    places: &Places,
    folders: &Folders,
) -> anyhow::Result<()> {
    let builtin = airlock_builtin::task(&job.task).with_context(|| format!("there is no task {} here", job.task))?;
    let component = Component::builtin(builtin)?;
    let machine = Arc::new(Machine::new(Roots::live()));
    let observation = Observation::new(Arc::clone(&machine), Budget::of_collectors(COLLECTOR));
    let collected = Arc::new(Collected::new(Box::new(())));
    let native = live(&machine, &observation, Some(folders), Arc::clone(&collected) as _);
    let plan = Arc::new(Plan::default());
    let bounds = Bounds { deadline: DEADLINE, ..Bounds::default() };
    let owner = Owner { places, folders: Some(folders) };
    let rights = rights(&component, Some(&job.server), &job.text, bounds, World::StandIn, owner)?;
    let unit = Unit { target: job.uuid.clone(), job: job.text.clone() };
    let engine = Engine::new(Some(folders))?.without_recordings();
    let order = rights.order(Source::rehearsal(native, Arc::clone(&plan), false), unit);
    let ended = engine.run(&engine.load(&component)?, order)?;
    let planned = [plan.steps(), ended.gate.planned()].concat();
    let outcome = Outcome::new(&component.name, &job.uuid, &ended, &collected.take()).with_told(collected.told());
    finish(&Outcome { planned, ..outcome }, None, json)
}
