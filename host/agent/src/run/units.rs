//! Many runs of one task, beside each other: the units of one job. What is the same for all of them (the compiled component,
//! the policy, the guards, the record in the audit) is made once; a unit has its instance and its gate, and nothing more.

use super::Rights;
use airlock_gate::{Audit, Gate, Guards, Limits, Policy, Source, Spending};
use airlock_sandbox::{Bounds, Loaded, RunError, Sandbox, Unit};
use std::sync::{Arc, Mutex, PoisonError};

/// What the units of a job have in common.
pub(crate) struct Units {
    sandbox: Arc<Sandbox>,
    task: Loaded,
    policy: Arc<Policy>,
    guards: Guards,
    limits: Limits,
    bounds: Bounds,
    audit: Arc<Audit>,
    spent: Mutex<Spending>,
}

impl Units {
    pub(super) fn new(sandbox: Arc<Sandbox>, task: Loaded, rights: Rights, audit: Arc<Audit>) -> Self {
        let Rights { policy, guards, limits, bounds, .. } = rights;
        Self { sandbox, task, policy, guards, limits, bounds, audit, spent: Mutex::default() }
    }

    /// Runs one unit to its end. `credentials`: those that are tried with a device, in their order, as far as they are
    /// granted; none: all that are.
    pub(crate) async fn run(
        &self,
        unit: Unit,
        source: Source,
        credentials: Option<Vec<String>>,
    ) -> (Result<(), RunError>, Arc<Gate>) {
        let guards = Guards { credentials, ..self.guards.clone() };
        let gate = Gate::new(Arc::clone(&self.policy), self.limits.clone(), Arc::clone(&self.audit), source);
        let gate = Arc::new(gate.guarded(guards));
        let outcome = self.sandbox.run(&self.task, unit, Arc::clone(&gate), &self.bounds).await;
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        *spent = spent.and(gate.spent());
        drop(spent);
        (outcome, gate)
    }

    /// Writes the record of the job's end.
    pub(crate) fn end(&self, how: &str) {
        let spent = *self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        self.audit.end(how, &spent);
        tracing::debug!("{} host calls, {} bytes", spent.calls, spent.bytes);
        if spent.log_dropped > 0 {
            tracing::warn!("the task logged {} lines more than it may", spent.log_dropped);
        }
    }
}
