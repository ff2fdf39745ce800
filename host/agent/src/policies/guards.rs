//! What guards one run for a server beside the policy itself.

use super::watch::Watch;
use super::{Places, Policies};
use airlock_gate::approvals::Bound;
use airlock_gate::counters::Draw;
use airlock_gate::guards::Counters;
use airlock_gate::policy::LimitKey;
use airlock_gate::{Asker, Guards, Limits, Policy};
use airlock_native::{CountersFile, ObservedFile, RequestQueue};
use airlock_sandbox::Bounds;
use anyhow::{Context, anyhow};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// A run that may begin: its policy, its guards, its limits.
pub(crate) struct Run {
    pub(crate) policy: Arc<Policy>,
    pub(crate) guards: Guards,
    pub(crate) limits: Limits,
    pub(crate) bounds: Bounds,
    /// `sha256` of the policy's files.
    pub(crate) digest: String,
    /// Under what it runs, in words for people.
    pub(crate) words: String,
}

impl Policies {
    /// Begins a run: takes it from the runs of a day, and puts together what guards it.
    pub(crate) fn begin(&self, asker: &Asker, job: &str, bounds: Bounds) -> anyhow::Result<Run> {
        let (policy, words) = self.rights(asker);
        let stops = Arc::new(self.places.stops());
        let mut guards = Guards { stops, ..Guards::of(asker.clone()) };
        guards.bound = Bound {
            server: asker.server.clone(),
            task: asker.task.clone(),
            component: asker.digest.clone().unwrap_or_default(),
            job: Sha256::digest(job).iter().map(|byte| format!("{byte:02x}")).collect(),
            files: Vec::new(),
            policy: self.loaded.digest.clone(),
            approval: String::new(),
        };
        guards.job = job.to_owned();
        guards.current = Arc::new(Watch::new(self.clone(), asker.clone()));
        let state = self.folders.as_ref().map(|folders| folders.state()).transpose()?;
        let state = state.context("a run for a server needs a folder for its state (--vardir)")?;
        let counters =
            CountersFile::open(&state).context("what was used of allowances is not known, so no run begins")?;
        let runs: Vec<Draw> = policy.runs().iter().map(Draw::run).collect();
        counters.take(&runs).map_err(|no_room| {
            self.note("run refused", serde_json::json!({"server": asker.server, "task": asker.task, "code": "QUOTA", "why": no_room.to_string()}));
            anyhow!("no further run today: {no_room}")
        })?;
        guards.approvals = Arc::new(RequestQueue::new(&state, counters.clone()));
        guards.counters = Arc::new(counters);
        guards.observer = Arc::new(ObservedFile::new(&state));
        Ok(self.run(policy, guards, bounds, words))
    }

    /// A run on something that stands for this machine: the same policy, and allowances that last as long as the run.
    pub(crate) fn rehearsed(&self, asker: &Asker, bounds: Bounds) -> Run {
        let (policy, words) = self.rights(asker);
        let guards = self.places.owners_guards(asker);
        self.run(policy, guards, bounds, words)
    }

    fn run(&self, policy: Policy, guards: Guards, bounds: Bounds, words: String) -> Run {
        let (limits, bounds) = (limits(&policy), narrowed(bounds, &policy));
        Run { policy: Arc::new(policy), guards, limits, bounds, digest: self.loaded.digest.clone(), words }
    }
}

impl Places {
    /// What guards the owner's own command: the kill switch.
    pub(crate) fn owners_guards(&self, asker: &Asker) -> Guards {
        Guards { stops: Arc::new(self.stops()), ..Guards::of(asker.clone()) }
    }
}

/// The allowances of a run, as the policy narrows them.
fn limits(policy: &Policy) -> Limits {
    let mut limits = Limits::default();
    let least =
        |key, times: u64, own: u64| policy.limit(key).map_or(own, |limit| own.min(limit.most.saturating_mul(times)));
    limits.calls = least(LimitKey::HostCalls, 1, limits.calls);
    limits.log_bytes = least(LimitKey::LogKb, 1_000, limits.log_bytes);
    limits
}

/// The bounds of a run, as the policy narrows them.
fn narrowed(bounds: Bounds, policy: &Policy) -> Bounds {
    let seconds = |key| policy.limit(key).map(|limit| Duration::from_secs(limit.most));
    let deadline = seconds(LimitKey::WallSeconds).map_or(bounds.deadline, |most| bounds.deadline.min(most));
    let memory =
        policy.limit(LimitKey::MemoryMb).and_then(|mb| usize::try_from(mb.most.saturating_mul(1_000_000)).ok());
    let memory = memory.map_or(bounds.memory, |memory| bounds.memory.min(memory));
    Bounds { deadline, cpu: seconds(LimitKey::CpuSeconds), memory, ..bounds }
}
