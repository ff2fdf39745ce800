//! This machine, as what tasks may ask for.

use airlock_facts::Machine;
use airlock_gate::Native;
use airlock_gate::ports::Reporter;
use airlock_native::{MachineClock, Observation};
use std::sync::Arc;

/// The ports of a machine that is observed.
pub(crate) fn live(machine: &Arc<Machine>, observation: &Observation, report: Arc<dyn Reporter>) -> Native {
    Native {
        facts: Arc::new(observation.clone()),
        clock: Arc::new(MachineClock(Arc::clone(machine))),
        ..Native::none(report)
    }
}
