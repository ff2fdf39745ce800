//! One sandbox, and runs in it.

use crate::HOSTILE;
use crate::ports::{Given, Keeper, Left, Records, native};
use airlock_gate::ports::{Absent, Deploy, Facts, Files, Http, Process, Snmp};
use airlock_gate::{Audit, AuditLog, Gate, Limits, Native, Policy, Source, Spending};
use airlock_sandbox::{Bounds, Checked, Loaded, NoCache, RunError, Sandbox, Unit, World};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a run may take longer than its deadline: ticks, and a test machine that has other things to do. Without a deadline
/// these runs would take ten seconds or for ever.
pub const MARGIN: Duration = Duration::from_millis(3000);

/// A sandbox with the hostile task in it.
pub struct Rig {
    pub sandbox: Sandbox,
    pub hostile: Loaded,
    runtime: tokio::runtime::Runtime,
}

/// Under which conditions a run takes place.
pub struct Setup {
    pub policy: Policy,
    pub limits: Limits,
    pub bounds: Bounds,
    pub facts: Arc<dyn Facts>,
    pub deploy: Arc<dyn Deploy>,
    pub files: Arc<dyn Files>,
    pub http: Arc<dyn Http>,
    pub process: Arc<dyn Process>,
    pub snmp: Arc<dyn Snmp>,
    /// In place of the records that [`Run::audit`] has.
    pub log: Option<Box<dyn AuditLog>>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            policy: Policy::owners_command(),
            limits: Limits::default(),
            bounds: Bounds { deadline: Duration::from_secs(10), ..Bounds::default() },
            facts: Arc::new(Given::machine()),
            deploy: Arc::new(Absent),
            files: Arc::new(Absent),
            http: Arc::new(Absent),
            process: Arc::new(Absent),
            snmp: Arc::new(Absent),
            log: None,
        }
    }
}

/// How a run ended, and what it left.
#[derive(Debug)]
pub struct Run {
    pub ended: Result<(), RunError>,
    pub took: Duration,
    pub left: Left,
    pub spent: Spending,
    pub audit: Vec<serde_json::Value>,
}

impl Run {
    /// The records of refusals, by their codes.
    pub fn refused(&self) -> Vec<String> {
        let refusals = self.audit.iter().filter(|record| record["decision"] == "deny");
        refusals.map(|record| record["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What the task was told or found, line by line.
    pub fn said(&self) -> Vec<&str> {
        self.left.log.iter().map(|(_, line)| line.as_str()).collect()
    }
}

impl Rig {
    #[allow(clippy::new_without_default, reason = "it is work, not a value")]
    pub fn new() -> Self {
        Self::of(Sandbox::new().unwrap())
    }

    /// With so much memory for all runs together.
    pub fn with_memory(all: usize) -> Self {
        Self::of(Sandbox::with_memory(all).unwrap())
    }

    fn of(sandbox: Sandbox) -> Self {
        let hostile = sandbox.load(&Checked::new(HOSTILE, World::Everything).unwrap(), &NoCache).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Self { sandbox, hostile, runtime }
    }

    /// Loads another component.
    pub fn load(&self, bytes: &[u8]) -> Loaded {
        self.sandbox.load(&Checked::new(bytes, World::Everything).unwrap(), &NoCache).unwrap()
    }

    /// Runs the hostile task under the owner's grants and the ordinary limits.
    pub fn run(&self, target: &str) -> Run {
        self.run_with(target, Setup::default())
    }

    pub fn run_with(&self, target: &str, setup: Setup) -> Run {
        self.run_task(&self.hostile, Unit { target: target.to_owned(), job: "{}".to_owned() }, setup)
    }

    pub fn run_task(&self, task: &Loaded, unit: Unit, setup: Setup) -> Run {
        let keeper = Arc::new(Keeper::default());
        let records = Records::default();
        let log = setup.log.unwrap_or_else(|| Box::new(records.clone()));
        let audit = Audit::new(log, "run-1".to_owned(), "hostile@test".to_owned(), Some("server-1".to_owned()));
        let Setup { deploy, files, http, process, snmp, .. } = setup;
        let native = Native { deploy, files, http, process, snmp, ..native(setup.facts, Arc::clone(&keeper)) };
        let gate = Arc::new(Gate::new(Arc::new(setup.policy), setup.limits, audit, Source::Live(native)));
        let started = Instant::now();
        let ended = self.runtime.block_on(self.sandbox.run(task, unit, Arc::clone(&gate), &setup.bounds));
        let took = started.elapsed();
        let spent = gate.end(&ended.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned()));
        let left = keeper.left();
        Run { ended, took, left, spent, audit: records.all() }
    }

    /// Has the hostile task do `what` with `words`.
    pub fn act(&self, what: &str, words: &[&str], setup: Setup) -> Run {
        self.run_task(&self.hostile, Unit { target: what.to_owned(), job: words.join("\u{1}") }, setup)
    }

    /// The program goes on: in the same sandbox, a task that behaves does its work.
    pub fn goes_on(&self) {
        let run = self.run("read hardware");
        assert_eq!(run.ended, Ok(()));
        assert_eq!(run.left.report.rows("hardware").len(), 1);
    }
}
