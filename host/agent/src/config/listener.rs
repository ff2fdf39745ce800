//! What the daemon's own HTTP server does. Off until it is turned on, and then for this machine alone until it is said
//! otherwise.

use super::Period;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

/// `[listener]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ListenerSettings {
    pub(crate) enabled: bool,
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    /// Names by which it may be called besides its addresses (`Host:`).
    pub(crate) hosts: Vec<String>,
    /// Addresses and networks that see the whole status page, and may wake the agent by `GET /now` as GLPI does. Names are
    /// no trust.
    pub(crate) trust: Vec<String>,
    /// A file whose first line is the token that `/now` takes from anybody.
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) tls: Option<ListenerTls>,
    pub(crate) basic: Option<BasicAuth>,
    pub(crate) inventory: Option<InventoryPlugin>,
    pub(crate) proxy: Option<ProxyPlugin>,
}

impl Default for ListenerSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 62354,
            hosts: Vec::new(),
            trust: Vec::new(),
            token_file: None,
            tls: None,
            basic: None,
            inventory: None,
            proxy: None,
        }
    }
}

/// Certificate and key in PEM; one file may hold both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerTls {
    pub(crate) certificate: PathBuf,
    pub(crate) key: Option<PathBuf>,
}

/// Who may ask for anything at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicAuth {
    pub(crate) user: String,
    pub(crate) password_file: PathBuf,
    #[serde(default)]
    pub(crate) realm: Option<String>,
}

/// Hands the inventory of this machine to whoever knows the token: what the policy grants `neighbours` of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InventoryPlugin {
    pub(crate) token_file: PathBuf,
    #[serde(default = "default_inventory_path")]
    pub(crate) url_path: String,
    /// Of a session, from its nonce to its use.
    #[serde(default = "default_session")]
    pub(crate) session: Period,
    #[serde(default)]
    pub(crate) only_trusted: bool,
    #[serde(default)]
    pub(crate) rate: RateLimit,
}

/// Takes reports of agents that have no way to the server, and hands them on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProxyPlugin {
    #[serde(default = "default_proxy_path")]
    pub(crate) url_path: String,
    /// What agents are told of when to come again, where no server says it.
    #[serde(default = "default_contact")]
    pub(crate) contact: Period,
    /// A folder that keeps a copy of each report.
    #[serde(default)]
    pub(crate) store: Option<PathBuf>,
    #[serde(default)]
    pub(crate) only_store: bool,
    #[serde(default)]
    pub(crate) only_trusted: bool,
    /// Proxies that a message may have passed.
    #[serde(default = "default_hops")]
    pub(crate) hops: usize,
    #[serde(default)]
    pub(crate) rate: RateLimit,
}

/// Requests of one address in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RateLimit {
    pub(crate) most: u32,
    pub(crate) period: Period,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { most: 30, period: Period(Duration::from_secs(3600)) }
    }
}

fn default_inventory_path() -> String {
    "/inventory".to_owned()
}

fn default_proxy_path() -> String {
    "/proxy".to_owned()
}

fn default_session() -> Period {
    Period(Duration::from_secs(60))
}

fn default_contact() -> Period {
    Period(Duration::from_secs(24 * 3600))
}

fn default_hops() -> usize {
    5
}
