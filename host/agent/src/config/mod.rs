//! How the program is to be run: its servers and folders, when and what, how it listens and logs. From `airlock.toml`, or from
//! the files and options of the programs that it takes the place of. What a server's tasks may do is not said here but in
//! the policy, and nothing here widens that.

mod file;
mod listener;
mod log;
mod period;
mod servers;
#[cfg(test)]
mod tests;

pub(crate) use file::load;
#[cfg(test)]
pub(crate) use file::parse;
pub(crate) use listener::{BasicAuth, InventoryPlugin, ListenerSettings, ListenerTls, ProxyPlugin, RateLimit};
pub(crate) use log::{LogBackend, LogSettings};
pub(crate) use period::Period;
pub(crate) use servers::{Login, ServerSettings, TransportSettings, server_name};

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// Everything that `airlock.toml` may say; each part has its default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// How servers sort this machine; one server's own goes before it.
    pub(crate) tag: Option<String>,
    /// State, in place of the usual folder. The command line goes before it.
    pub(crate) vardir: Option<PathBuf>,
    /// The servers, in the order in which they are contacted.
    #[serde(rename = "server")]
    pub(crate) servers: Vec<ServerSettings>,
    /// Folders and files that get an inventory too.
    #[serde(rename = "local")]
    pub(crate) locals: Vec<LocalSettings>,
    pub(crate) tasks: TaskSettings,
    pub(crate) schedule: ScheduleSettings,
    pub(crate) inventory: InventorySettings,
    /// How servers are reached, where neither the server's own part nor the policy says otherwise.
    pub(crate) transport: TransportSettings,
    pub(crate) listener: ListenerSettings,
    pub(crate) log: LogSettings,
}

/// Where an inventory goes that is for no server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocalSettings {
    /// A folder gets a file named after the device; `-` is standard output.
    pub(crate) path: PathBuf,
    #[serde(default)]
    pub(crate) format: LocalFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LocalFormat {
    #[default]
    Json,
    Xml,
    Html,
}

/// Which tasks take part, of those that are there and granted. Names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TaskSettings {
    /// In this order; `...` at the end stands for all the others. Empty: all.
    pub(crate) only: Vec<String>,
    pub(crate) without: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ScheduleSettings {
    /// Before the first contact ever: at most this, drawn between half of it and all of it. Also the period of `[[local]]`,
    /// and the most that is waited after errors of the network.
    pub(crate) delay: Period,
    /// A run by hand leaves out what is not due yet.
    pub(crate) lazy: bool,
    /// An inventory is made even if the server did not ask for one.
    pub(crate) force: bool,
    /// The daemon reads its files again this often; zero: when told to, or when they change.
    pub(crate) reload: Period,
}

impl Default for ScheduleSettings {
    fn default() -> Self {
        Self { delay: Period(Duration::from_secs(3600)), lazy: false, force: false, reload: Period(Duration::ZERO) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct InventorySettings {
    pub(crate) no_category: Vec<String>,
    pub(crate) scan_homedirs: bool,
    pub(crate) additional_content: Option<PathBuf>,
    /// What one source of facts may take.
    pub(crate) collector: Period,
    /// Inventories of changed parts only that may be sent before a whole one; zero: always whole.
    pub(crate) changes_between: u32,
}

impl Default for InventorySettings {
    fn default() -> Self {
        Self {
            no_category: Vec::new(),
            scan_homedirs: false,
            additional_content: None,
            collector: Period(Duration::from_secs(30)),
            changes_between: 14,
        }
    }
}
