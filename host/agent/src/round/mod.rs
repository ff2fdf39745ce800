//! A round: the servers and folders whose turn it is are contacted, the machine is read once, and each of them gets its part.
//! Servers are strangers to each other here too: each has a thread of its own, and what one does or does not do changes
//! nothing for the others.

mod changes;
mod collect;
mod deploy;
mod interval;
mod local;
mod neighbour;
mod network;
mod outcome;
mod planned;
mod report;
mod server;
mod waiting;
mod wake;

pub(crate) use interval::{allowed as allowed_interval, first as first_contact};
pub(crate) use local::state_name;
pub(crate) use neighbour::kept_from_neighbours;
pub(crate) use outcome::TargetOutcome;
pub(crate) use planned::Planned;
pub(crate) use server::{TASKS, installed, origin, rule_of};

use crate::config::Settings;
use crate::policies::{Places, Policies};
use crate::run::{Observer, Owner};
use crate::timings::Phases;
use airlock_facts::{Machine, Roots};
use airlock_native::{Budget, Folders, agent_id, device_id};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// What is asked of a round.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// By name, as `airlock status` shows them; empty: all.
    pub(crate) targets: Vec<String>,
    /// Whoever is not due yet is left out.
    pub(crate) lazy: bool,
    /// An inventory is made, whole, even if nobody asked for one.
    pub(crate) force: bool,
    /// Only these categories.
    pub(crate) partial: Vec<String>,
}

/// What a round works with.
pub(crate) struct Round<'a> {
    pub(crate) places: &'a Places,
    pub(crate) folders: &'a Folders,
    pub(crate) settings: &'a Settings,
    pub(crate) wanted: &'a Wanted,
    policies: Policies,
    machine: Arc<Machine>,
    agent_id: String,
    device_id: String,
    began: Instant,
    observer: OnceLock<Result<Observer<'a>, String>>,
}

impl<'a> Round<'a> {
    pub(crate) fn new(
        places: &'a Places,
        folders: &'a Folders,
        settings: &'a Settings,
        wanted: &'a Wanted,
    ) -> anyhow::Result<Self> {
        let machine = Arc::new(Machine::new(Roots::live()).with_homes(settings.inventory.scan_homedirs));
        Ok(Self {
            places,
            folders,
            settings,
            wanted,
            policies: Policies::open(places, Some(folders))?,
            agent_id: agent_id(folders)?,
            device_id: device_id(Some(folders), &machine),
            machine,
            began: Instant::now(),
            observer: OnceLock::new(),
        })
    }

    /// Does all of it; what went wrong with one target is in its outcome, and an error is only what concerns them all.
    pub(crate) fn run(&self) -> Vec<TargetOutcome> {
        let planned = Planned::of(self.settings);
        let planned = planned.into_iter().filter(|target| target.is_wanted(&self.wanted.targets));
        let mut outcomes: Vec<(usize, TargetOutcome)> = Vec::new();
        std::thread::scope(|scope| {
            let mut threads = Vec::new();
            for (index, target) in planned.enumerate() {
                match target {
                    // In the order in which they are named, before what has to go over the network is back.
                    Planned::Local { name, local } => outcomes.push((index, self.local(&name, local))),
                    Planned::Server { name, server } => {
                        threads.push((index, name, scope.spawn(move || self.server(server))));
                    }
                }
            }
            for (index, name, thread) in threads {
                let outcome = thread
                    .join()
                    .unwrap_or_else(|_panic| TargetOutcome::failed(name, "a defect of this program; please report it"));
                outcomes.push((index, outcome));
            }
        });
        outcomes.sort_by_key(|(index, _)| *index);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// The machine, for whoever comes first; the others look at the same.
    fn observer(&self) -> anyhow::Result<&Observer<'a>> {
        let made = self.observer.get_or_init(|| self.new_observer().map_err(|error| format!("{error:#}")));
        made.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// The machine as it is from now on.
    fn new_observer(&self) -> anyhow::Result<Observer<'a>> {
        let collector = self.settings.inventory.collector.0.max(Duration::from_secs(1));
        let task = airlock_builtin::task("inventory").context("the program was built without its inventory task")?;
        let owner = Owner { places: self.places, folders: Some(self.folders) };
        let budget = Budget::of_collectors(collector);
        Observer::new(task, Arc::clone(&self.machine), budget, owner, &mut Phases::new(self.began))
    }
}
