//! The two tasks, and what each is called where.

use crate::exit::Usage;
use airlock_builtin::Builtin;
use airlock_model::Report;
use airlock_protocol::requests::{NetworkMessage, NetworkTask, RequestError, discovered_device, inventoried_device};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Who is there?
    Discovery,
    /// What is it, in full?
    Inventory,
}

impl Kind {
    /// The task of that name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        [Self::Discovery, Self::Inventory].into_iter().find(|kind| kind.name() == name)
    }

    /// The task that a server's job is for, by the name that jobs have it under.
    pub(crate) fn of_job(name: &str) -> Option<Self> {
        match name {
            "NETDISCOVERY" => Some(Self::Discovery),
            "SNMPQUERY" => Some(Self::Inventory),
            _ => None,
        }
    }

    /// As servers and policies call the task.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Discovery => "netdiscovery",
            Self::Inventory => "netinventory",
        }
    }

    pub(crate) fn task(self) -> anyhow::Result<&'static Builtin> {
        let missing = || Usage(format!("this program was built without its task {}", self.name()));
        Ok(airlock_builtin::task(self.name()).ok_or_else(missing)?)
    }

    /// What servers read of a device, and what stands beside it; empty when nothing was found.
    pub(crate) fn device(self, report: &Report) -> (Map<String, Value>, Map<String, Value>) {
        match self {
            Self::Discovery => (discovered_device(report), Map::new()),
            Self::Inventory => inventoried_device(report),
        }
    }

    /// A message about a job, as XML.
    pub(crate) fn message(self, deviceid: &str, pid: &str, what: NetworkMessage) -> Result<String, RequestError> {
        let task = match self {
            Self::Discovery => NetworkTask::Discovery,
            Self::Inventory => NetworkTask::Inventory,
        };
        task.message(deviceid, pid, env!("CARGO_PKG_VERSION"), what)
    }
}
