//! The sandbox and what every run in it has: its audit, its gate, its end.

use super::Component;
use super::Rights;
use super::keeping::Keeping;
use super::outcome::words;
use super::units::Units;
use crate::code_cache;
use crate::compiling::InChild;
use airlock_gate::policy::AuditSettings;
use airlock_gate::{Asker, Audit, AuditLog, Gate, Guards, Limits, NoLog, Policy, Source};
use airlock_native::{AuditFile, CountersFile, CrashesFile, Folders};
use airlock_sandbox::{Bounds, Checked, Loaded, RunError, Sandbox, Unit};
use anyhow::Context;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// One sandbox for all runs of a command.
pub(crate) struct Engine<'a> {
    sandbox: Arc<Sandbox>,
    folders: Option<&'a Folders>,
    audited: bool,
    /// Runs of installed tasks are kept as recordings.
    keeps: bool,
    runs: AtomicU32,
}

/// A run: for whom, under what, about what, and where its answers come from.
pub(crate) struct Order {
    pub(crate) asker: Asker,
    pub(crate) policy: Arc<Policy>,
    /// Of the policy's files, where there is one.
    pub(crate) digest: Option<String>,
    pub(crate) guards: Guards,
    pub(crate) limits: Limits,
    pub(crate) bounds: Bounds,
    pub(crate) source: Source,
    pub(crate) unit: Unit,
}

/// How a run ended. Its report is with whoever made the source.
pub(crate) struct Ended {
    pub(crate) outcome: Result<(), RunError>,
    /// It has what was refused, what is missing, and what a policy kept back.
    pub(crate) gate: Arc<Gate>,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(folders: Option<&'a Folders>) -> anyhow::Result<Self> {
        Ok(Self { sandbox: Arc::new(Sandbox::new()?), folders, audited: true, keeps: true, runs: AtomicU32::new(0) })
    }

    /// For tests: what happens on no machine has no record in the owner's audit.
    pub(crate) fn for_tests(folders: Option<&'a Folders>) -> anyhow::Result<Self> {
        Ok(Self { audited: false, keeps: false, ..Self::new(folders)? })
    }

    /// For a machine that is none: its answers are not worth keeping.
    pub(crate) fn without_recordings(self) -> Self {
        Self { keeps: false, ..self }
    }

    pub(crate) fn folders(&self) -> Option<&'a Folders> {
        self.folders
    }

    /// Checks a component against its kind and compiles it, or takes its code from the cache.
    pub(crate) fn load(&self, component: &Component) -> anyhow::Result<Loaded> {
        let what = || format!("the task {}", component.name);
        let checked = Checked::new(&component.bytes, component.world).with_context(what)?;
        let cache = code_cache::open(self.folders);
        let loaded = match component.builtin {
            true => self.sandbox.load(&checked, cache.as_ref()),
            false => self.sandbox.load_with(&checked, cache.as_ref(), &InChild),
        };
        let loaded = loaded.with_context(what)?;
        let how = if loaded.cached { "from the cache" } else { "compiled" };
        tracing::debug!("the task {} {:?}, {how}", component.name, loaded.digest());
        Ok(loaded)
    }

    /// Runs a task to its end, whatever end that is.
    pub(crate) fn run(&self, task: &Loaded, order: Order) -> anyhow::Result<Ended> {
        let (name, asker) = (order.asker.task.clone(), order.asker.clone());
        let audit = self.audit(&order.asker, task, order.policy.audit());
        let audit = match &order.digest {
            Some(digest) => audit.with_policy(digest),
            None => audit,
        };
        let (order, keeping) = Keeping::begin(self.folders.filter(|_| self.keeps), order, task);
        let gate = Gate::new(order.policy, order.limits, audit, order.source).guarded(order.guards);
        let gate = Arc::new(gate);
        let crashes = self.crashes(&asker);
        let digest = task.digest().to_string();
        if let Some(crashes) = &crashes {
            crashes.begin(&digest)?.with_context(|| format!("the task {name}"))?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(self.sandbox.run(task, order.unit, Arc::clone(&gate), &order.bounds));
        let crashed = matches!(outcome, Err(RunError::Crashed(_) | RunError::Bound(_) | RunError::Deadline(_)));
        if let Some(crashes) = crashes.filter(|_| !crashed) {
            crashes.ended_well(&digest)?;
        }
        let spent = gate.end(&outcome.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned()));
        if let Some(keeping) = keeping {
            keeping.end(&outcome.as_ref().map_or_else(words, |()| "ok".to_owned()));
        }
        tracing::debug!("the task {name}: {} host calls, {} bytes", spent.calls, spent.bytes);
        if spent.log_dropped > 0 {
            tracing::warn!("the task {name} logged {} lines more than it may", spent.log_dropped);
        }
        Ok(Ended { outcome, gate })
    }

    /// One job of many units under these rights: one run in the audit, an instance for each unit.
    pub(crate) fn units(&self, task: &Loaded, rights: Rights) -> Units {
        let audit = self.audit(&rights.asker, task, rights.policy.audit());
        let audit = match &rights.digest {
            Some(digest) => audit.with_policy(digest),
            None => audit,
        };
        Units::new(Arc::clone(&self.sandbox), task.clone(), rights, Arc::new(audit))
    }

    /// The memory of strangers' components that crash. What the owner names by its file is the owner's to try again.
    fn crashes(&self, asker: &Asker) -> Option<CrashesFile> {
        let state = self.folders.filter(|_| self.audited && asker.publisher.is_some())?.state().ok()?;
        Some(CrashesFile::new(&state, CountersFile::open(&state).ok()?))
    }

    /// The audit of a run. A command that only reads goes on without one; that is said.
    fn audit(&self, asker: &Asker, loaded: &Loaded, settings: &AuditSettings) -> Audit {
        let folders = self.folders.filter(|_| self.audited);
        let log: Box<dyn AuditLog> = match folders.map(|folders| AuditFile::under(folders, settings)) {
            Some(Ok(file)) => Box::new(file),
            Some(Err(error)) => {
                tracing::warn!("this run leaves no audit record: {error}");
                Box::new(NoLog)
            }
            None => Box::new(NoLog),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let run = format!("{:x}-{}-{number}", now.as_micros(), std::process::id());
        Audit::new(log, run, format!("{}@{}", asker.task, loaded.digest()), asker.server.clone())
    }
}
