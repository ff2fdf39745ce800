//! On what terms a grant holds: what is counted over time, who has to approve, and whether it is done or only planned.
//!
//! The policy says them, the gate keeps them: a decision of the policy knows nothing of what happened before.

use crate::Ask;
use serde::{Deserialize, Serialize};

/// What comes with a grant, and with the limits around it, of every layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    pub mode: Mode,
    /// All of them have to have room: so the smallest wins.
    pub allowances: Vec<Allowance>,
    /// All of them have to be given: any layer may ask for one.
    pub approvals: Vec<ApprovalRule>,
}

/// `mode` of a policy. Of two layers the stricter one holds: the order is from the loosest to the strictest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    #[default]
    Enforce,
    /// As `enforce`, and everything that is asked is kept for `airlock policy learn`.
    Observe,
    /// What would change the machine or reach the network is only planned.
    DryRun,
}

/// So much of something in so much time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    pub counted: Counted,
    pub period: Period,
    pub most: u64,
    pub shared: Shared,
    /// How people find it: `50-hq.toml:31 "scan the office" pps = 200`.
    pub rule: String,
}

/// What is counted of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// Calls: `per_hour`, `max_per_day`.
    Calls,
    /// Runs of tasks, taken once when a run begins: `runs_per_day`.
    Runs,
    /// Bytes that the call would read, write or send: `max_bytes_per_day`, `egress_mb_per_day`, `disk_mb`.
    Bytes,
    /// Addresses, each as often as it is asked for: `pps`, `net_pps`.
    Packets,
    /// Addresses that were not asked for before in the same period: `max_hosts_per_day`, `new_hosts_per_day`.
    Hosts,
}

impl Counted {
    pub fn name(self) -> &'static str {
        match self {
            Counted::Calls => "calls",
            Counted::Runs => "runs",
            Counted::Bytes => "bytes",
            Counted::Packets => "packets",
            Counted::Hosts => "hosts",
        }
    }

    /// How much of it a call is, apart from hosts, which are counted by who they are.
    pub(crate) fn of(self, ask: &Ask) -> u64 {
        match self {
            Counted::Calls => 1,
            Counted::Runs => 0,
            Counted::Bytes => ask.bytes.unwrap_or(0),
            Counted::Packets | Counted::Hosts => (ask.addresses.len() as u64).max(u64::from(ask.mac.is_some())),
        }
    }
}

/// How long an allowance lasts, from when it is first drawn on. Then it is whole again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    Second,
    Hour,
    Day,
    Seconds(u64),
    /// One run of a task; not kept.
    Run,
}

impl Period {
    pub fn name(self) -> &'static str {
        match self {
            Period::Second => "second",
            Period::Hour => "hour",
            Period::Day => "day",
            Period::Seconds(_) => "interval",
            Period::Run => "run",
        }
    }

    /// In milliseconds; none for a run, which ends when it ends.
    pub fn millis(self) -> Option<u64> {
        match self {
            Period::Second => Some(1_000),
            Period::Hour => Some(3_600_000),
            Period::Day => Some(86_400_000),
            Period::Seconds(seconds) => Some(seconds.saturating_mul(1_000)),
            Period::Run => None,
        }
    }
}

/// Who draws on the same allowance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shared {
    /// Everybody on this machine.
    Machine,
    /// One server's tasks, by the server's local name.
    Server(String),
    /// One task, by server and name.
    Task { server: String, task: String },
    /// The calls of one grant, by what tells it from all others (`50-hq.toml:31`, or its name).
    Grant(String),
}

impl Allowance {
    /// Under which name its use is kept.
    pub(crate) fn key(&self) -> String {
        let who = match &self.shared {
            Shared::Machine => "machine".to_owned(),
            Shared::Server(server) => format!("server {server}"),
            Shared::Task { server, task } => format!("task {server} {task}"),
            Shared::Grant(grant) => format!("grant {grant}"),
        };
        // An interval of another length is another allowance: a shorter one begins at once.
        let length =
            if let Period::Seconds(seconds) = self.period { format!(" of {seconds} s") } else { String::new() };
        format!("{who}: {} a {}{length}", self.counted.name(), self.period.name())
    }
}

/// `[approval.*]`: who may approve, how many have to, and how long things wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRule {
    pub name: String,
    /// `user:NAME`, `group:NAME`; root always may.
    pub by: Vec<String>,
    /// How many different people.
    pub required: u32,
    /// Seconds that an approval can be used.
    pub expires: u64,
    pub pending: Pending,
    /// What an approval holds for besides the server and the task: some of [`BOUND`].
    #[serde(default = "all_of_it")]
    pub binds: Vec<String>,
    /// Who waits is told to the system's journal.
    #[serde(default)]
    pub notify: bool,
    /// Seconds for which the same again, in all but the job's own id, needs no other approval.
    #[serde(default)]
    pub auto_approve_identical: Option<u64>,
}

/// What an approval can bind: the job, its files, the component, the policy.
pub const BOUND: &[&str] = &["job", "files", "component", "policy"];

fn all_of_it() -> Vec<String> {
    BOUND.iter().map(|part| (*part).to_owned()).collect()
}

/// How much may wait for approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub max: u32,
    pub per_server: u32,
    /// Seconds after which what nobody looked at goes.
    pub expires: u64,
}

impl ApprovalRule {
    /// What an approval is when the policy says no more than its name.
    pub fn named(name: &str) -> Self {
        let pending = Pending { max: 20, per_server: 10, expires: 14 * 86_400 };
        Self {
            name: name.to_owned(),
            by: Vec::new(),
            required: 1,
            expires: 72 * 3_600,
            pending,
            binds: all_of_it(),
            notify: false,
            auto_approve_identical: None,
        }
    }

    pub(crate) fn binds(&self, part: &str) -> bool {
        self.binds.iter().any(|bound| bound == part)
    }
}
