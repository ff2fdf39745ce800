//! A server's wish that machines wake up: as many as the owner's policy grants it, in one run.

use super::Round;
use super::server::Turn;
use crate::run::{Engine, Rights};
use crate::session::About;
use crate::table::counted;
use crate::wake::{component, job, native};
use airlock_gate::policy::Refusal;
use airlock_gate::{Source, Verb};
use airlock_model::{mac_text, short_line};
use airlock_native::{Collected, CountersFile, JobsFile, MachineWake};
use airlock_protocol::jobs::{RawJob, wake_on_lan};
use airlock_sandbox::{Bounds, Unit};
use anyhow::{Context, anyhow};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub(super) const TASK: &str = "wakeonlan";
pub(super) const VERBS: &[Verb] = &[Verb::WolSend];
/// For one job.
const DEADLINE: Duration = Duration::from_secs(120);

/// A task, and what became of it in words.
type Results = Vec<(String, String)>;

/// As servers call the job.
pub(super) fn is_one(job: &RawJob) -> bool {
    job.task() == "WAKEONLAN"
}

impl Round<'_> {
    /// Wakes the machines that the server names; false: one of its jobs failed.
    pub(super) fn wakes(&self, turn: &Turn<'_>, about: &About, jobs: &[RawJob]) -> (Results, bool) {
        let (mut results, mut ok) = (Results::new(), true);
        if !about.enabled.iter().any(|task| task == TASK) {
            return (results, ok);
        }
        for (number, raw) in jobs.iter().filter(|job| is_one(job)).enumerate() {
            let what = self.wake(turn, raw.clone(), number);
            ok &= what.is_ok();
            results.push((TASK.to_owned(), what.unwrap_or_else(|error| format!("failed: {error:#}"))));
        }
        (results, ok)
    }

    fn wake(&self, turn: &Turn<'_>, raw: RawJob, number: usize) -> anyhow::Result<String> {
        let rules = self.policies.loaded.rules.clone().context("there is no policy")?;
        let component = component()?;
        let asker = component.asker(Some(&turn.name));
        let (said, _) = raw.without_secrets("job-");
        let text = serde_json::to_string(&said.body)?;
        let state = self.folders.state()?;
        let so_far = u64::try_from(number).unwrap_or(u64::MAX);
        // Not remembered: the same machine may be woken again tomorrow, and how often is what the grant says.
        let memory = JobsFile::new(&state, CountersFile::open(&state)?);
        if let Err(Refusal { code, why }) = memory.would_admit(&rules, &asker, &text, so_far) {
            let details =
                json!({ "server": turn.name, "task": TASK, "decision": "deny", "code": code.name(), "why": why });
            self.policies.tell("job refused", details);
            return Err(anyhow!("refused: {code}: {why}"));
        }
        let (macs, notes) = wake_on_lan(&said)?;
        for note in notes {
            tracing::info!("{}: {TASK}: {}", turn.name, short_line(&note.to_string(), 300));
        }
        let macs: Vec<String> = macs.into_iter().map(mac_text).collect();
        let job = job(&macs);
        let bounds = Bounds { deadline: DEADLINE, ..Bounds::default() };
        let run = self.policies.begin(&asker, &job, bounds)?;
        let engine = Engine::new(Some(self.folders))?;
        let loaded = engine.load(&component)?;
        let rights = Rights::of(asker, run);
        let units = engine.units(&loaded, rights);
        let collected = Arc::new(Collected::new(Box::new(())));
        let native = native(MachineWake::default(), collected);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let unit = Unit { target: String::new(), job };
        let (outcome, gate) = runtime.block_on(units.run(unit, Source::Live(native), None));
        units.end(&outcome.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned()));
        let refused = match gate.refused().len() {
            0 => String::new(),
            refused => format!("; {refused} calls refused (airlock why)"),
        };
        match outcome {
            Ok(()) => Ok(format!("{} woken{refused}", counted(macs.len(), "machine"))),
            Err(error) => Err(anyhow!("{}{refused}", short_line(&error.to_string(), 300))),
        }
    }
}
