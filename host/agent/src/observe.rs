//! Runs a task on this machine, for the person who gave the command.

use crate::code_cache;
use crate::timings::{ENGINE, LOAD, Phases, RUN};
use airlock_builtin::Builtin;
use airlock_facts::Machine;
use airlock_gate::ports::Absent;
use airlock_gate::{Audit, AuditLog, Gate, Limits, Native, NoLog, Policy, Source};
use airlock_model::Report;
use airlock_native::{AuditFile, Budget, Collected, Folders, MachineClock, Observation, Watch};
use airlock_sandbox::{Bounds, Checked, Loaded, Sandbox, Unit, World};
use anyhow::Context;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is run, and on what.
pub(crate) struct Request<'a> {
    pub(crate) task: &'static Builtin,
    pub(crate) job: String,
    pub(crate) machine: Arc<Machine>,
    /// What the observation may take.
    pub(crate) budget: Budget,
    pub(crate) folders: Option<&'a Folders>,
    pub(crate) watch: Box<dyn Watch>,
}

/// What came of it.
pub(crate) struct Observed {
    pub(crate) report: Report,
    pub(crate) observation: Observation,
}

/// Runs a built-in task under the owner's own grant.
pub(crate) fn observe(request: Request<'_>, phases: &mut Phases) -> anyhow::Result<Observed> {
    let sandbox = Sandbox::new()?;
    phases.mark(ENGINE);
    let task = load(&sandbox, request.task, request.folders)?;
    phases.compiled = !task.cached;
    phases.mark(LOAD);
    let observation = Observation::new(Arc::clone(&request.machine), request.budget);
    let collected = Arc::new(Collected::new(request.watch));
    let gate = Arc::new(Gate::new(
        Arc::new(Policy::owners_command()),
        Limits::default(),
        audit(request.folders, request.task, &task),
        Source::Live(Native {
            facts: Arc::new(observation.clone()),
            clock: Arc::new(MachineClock(request.machine)),
            report: Arc::clone(&collected) as _,
            files: Arc::new(Absent),
            http: Arc::new(Absent),
            process: Arc::new(Absent),
            snmp: Arc::new(Absent),
        }),
    ));
    // Collectors have deadlines of their own; the run's is for the task, and must not come before theirs.
    let bounds = Bounds {
        deadline: request.budget.whole + request.budget.collector + Duration::from_secs(60),
        ..Bounds::default()
    };
    let unit = Unit { target: String::new(), job: request.job };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let ended = runtime.block_on(sandbox.run(&task, unit, Arc::clone(&gate), &bounds));
    let spent = gate.end(&ended.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned()));
    tracing::debug!("the task {}: {} host calls, {} bytes", request.task.name, spent.calls, spent.bytes);
    if spent.log_dropped > 0 {
        tracing::warn!("the task {} logged {} lines more than it may", request.task.name, spent.log_dropped);
    }
    ended.with_context(|| format!("the task {}", request.task.name))?;
    phases.mark(RUN);
    let mut report = collected.take();
    report.incomplete.extend(observation.incomplete());
    Ok(Observed { report, observation })
}

fn load(sandbox: &Sandbox, task: &Builtin, folders: Option<&Folders>) -> anyhow::Result<Loaded> {
    let world = World::by_name(task.world).with_context(|| format!("no kind of task is called {}", task.world))?;
    let checked = Checked::new(task.component, world).with_context(|| format!("the task {}", task.name))?;
    let loaded = sandbox.load(&checked, code_cache::open(folders).as_ref())?;
    tracing::debug!(
        "the task {} {:?}, {}",
        task.name,
        loaded.digest(),
        if loaded.cached { "from the cache" } else { "compiled" }
    );
    Ok(loaded)
}

/// The audit of this run. A command that only reads goes on without one; that is said.
fn audit(folders: Option<&Folders>, task: &Builtin, loaded: &Loaded) -> Audit {
    let log: Box<dyn AuditLog> =
        match folders.map(|f| f.audit().map_err(anyhow::Error::from).and_then(|path| Ok(AuditFile::open(&path)?))) {
            Some(Ok(file)) => Box::new(file),
            Some(Err(error)) => {
                tracing::warn!("this run leaves no audit record: {error:#}");
                Box::new(NoLog)
            }
            None => Box::new(NoLog),
        };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let run = format!("{:x}-{}", now.as_micros(), std::process::id());
    Audit::new(log, run, format!("{}@{}", task.name, loaded.digest()), None)
}
