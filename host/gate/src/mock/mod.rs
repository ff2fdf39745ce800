//! A machine that one file describes: its facts, its files, what commands do on it, what answers in its network, its
//! time. It stands where a real machine stands, behind the same gate: what a policy allows, refuses or narrows is the
//! same here and there, and so is what is never done (a link is not followed, the agent's own files are not touched).
//!
//! Nothing outside the process is read, written or waited for: a command that takes an hour moves the mock's clock.

mod clock;
mod collect;
mod deploy;
mod describe;
mod error;
mod facts;
mod files;
mod http;
mod probe;
mod process;
mod prompt;
mod read;
mod snmp;
mod tree;

pub use error::MockError;
pub use read::Beside;

use crate::Native;
use crate::calls::Sha512Sum;
use crate::ports::Reporter;
use crate::sysobject::Sysobjects;
use describe::Description;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tree::Tree;

/// A machine that is described, as it is at the moment: what a task changes stays changed.
pub struct Mock {
    about: Box<Description>,
    state: Mutex<State>,
    /// None: this machine has no database of sysObjectIDs.
    sysobjects: Option<Sysobjects>,
}

struct State {
    tree: Tree,
    /// Seconds since 1970.
    now: u64,
    /// Bytes of chance that were given out.
    random: u64,
    /// How often something that answers in turns has answered, by what it is.
    turns: HashMap<String, usize>,
    changes: Vec<String>,
    /// Parts of packages, the job's own folder, and what a rehearsal would have written.
    parts: HashMap<Sha512Sum, Vec<u8>>,
    /// Parts, and files made of them, that are for signed packages alone.
    sealed_parts: HashMap<Sha512Sum, Vec<u8>>,
    sealed: Tree,
    /// Packages that were installed, and which version last.
    installed: HashMap<String, String>,
    /// Neighbours that gave something else than a part.
    banned: Vec<IpAddr>,
    work: Tree,
    aside: Tree,
}

impl Mock {
    /// The ports of this machine, for a run that reports to `report`.
    pub fn native(self: &Arc<Self>, report: Arc<dyn Reporter>) -> Native {
        Native {
            facts: self.clone(),
            clock: self.clone(),
            report,
            deploy: self.clone(),
            files: self.clone(),
            http: self.clone(),
            process: self.clone(),
            snmp: self.clone(),
            probe: self.clone(),
            sysobjects: self.clone(),
            collect: self.clone(),
            wake: self.clone(),
            prompt: self.clone(),
        }
    }

    /// When it is there at first.
    pub fn start(&self) -> jiff::Timestamp {
        self.about.time.start.get_ref().parse().unwrap_or_default()
    }

    /// Addresses that the policy's floor takes for the machine's own.
    pub fn own_addresses(&self) -> &[IpAddr] {
        &self.about.own.addresses
    }

    /// Files and folders that are the agent's own here.
    pub fn own_paths(&self) -> &[String] {
        &self.about.own.paths
    }

    /// What was changed so far, in words and in order.
    pub fn changes(&self) -> Vec<String> {
        self.lock().changes.clone()
    }

    fn changed(&self, what: String) {
        self.lock().changes.push(what);
    }

    /// Which of several answers in turn comes now: each once, and the last one for ever.
    fn turn(&self, what: &str, of: usize) -> usize {
        let mut state = self.lock();
        let turn = state.turns.entry(what.to_owned()).or_default();
        let now = (*turn).min(of.saturating_sub(1));
        *turn += 1;
        now
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
