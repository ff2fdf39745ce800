//! What a server asks about this machine. Files are looked for within a budget of entries and of time; there is no registry
//! and no WMI here.

mod walk;

use crate::off_thread::off_thread;
use crate::own_files::OwnFiles;
use airlock_gate::CallError;
use airlock_gate::Scope;
use airlock_gate::calls::{FindFiles, FoundFiles, RegistryRead, WmiRead};
use airlock_gate::ports::{Answer, Collect};
use std::sync::Arc;
use std::time::Duration;

/// What one walk may take.
#[derive(Debug, Clone, Copy)]
pub struct WalkBudget {
    /// Names of files and folders that are come across.
    pub entries: u64,
    pub time: Duration,
}

impl Default for WalkBudget {
    /// Enough for all of a usual machine's files.
    fn default() -> Self {
        Self { entries: 1_000_000, time: Duration::from_secs(60) }
    }
}

/// This machine.
#[derive(Debug, Clone)]
pub struct MachineCollect {
    own: Arc<OwnFiles>,
    budget: WalkBudget,
}

impl MachineCollect {
    /// Without the files of the agent itself.
    pub fn new(own: Arc<OwnFiles>) -> Self {
        Self { own, budget: WalkBudget::default() }
    }

    /// With another budget for each walk.
    #[must_use]
    pub fn within(self, budget: WalkBudget) -> Self {
        Self { budget, ..self }
    }
}

impl Collect for MachineCollect {
    fn find_files<'a>(&'a self, call: FindFiles, scope: &'a Scope) -> Answer<'a, FoundFiles> {
        let (own, scope, budget) = (Arc::clone(&self.own), scope.clone(), self.budget);
        Box::pin(off_thread(move |stopped| walk::find(&call, &scope, &own, budget, stopped)))
    }

    fn registry(&self, _call: RegistryRead) -> Answer<'_, Vec<(String, String)>> {
        Box::pin(async { Err(CallError::Unsupported) })
    }

    fn wmi(&self, _call: WmiRead) -> Answer<'_, Vec<Vec<(String, String)>>> {
        Box::pin(async { Err(CallError::Unsupported) })
    }
}

#[cfg(test)]
mod tests;
