//! What the listener may ask of the daemon: all of it is here, and nothing else is in its reach.

use airlock_gate::calls::Sha512Sum;
use serde::{Serialize, Serializer};
use std::fmt;
use std::fs::File;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

/// An answer that takes its time.
pub(crate) type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The daemon, as the listener sees it. What is not a [`Later`] answers at once, from memory: it is asked for each request.
pub(crate) trait DaemonView: Send + Sync {
    fn status(&self) -> Status;

    /// The id by which GLPI's protocol knows this agent (a UUID): messages that went through it carry it.
    fn agent_id(&self) -> String;

    /// Makes targets due now. Called once for many requests in a short time.
    fn wake(&self, wanted: &Wake) -> Woken;

    /// Keeps a record of what a neighbour asked for and did not get. May wait for the disk.
    fn refused(&self, refused: &Refused);

    /// The inventory for a neighbour, made now, as the owner lets neighbours see it. An error is for the log of the owner.
    fn inventory_document(&self, neighbour: IpAddr) -> Later<'_, anyhow::Result<HandedOut>>;

    /// A part of a package that this neighbour may have, and its bytes; none where it may not, or it is not here.
    fn shared_part(&self, part: Sha512Sum, neighbour: IpAddr) -> Later<'_, anyhow::Result<Option<(File, u64)>>>;

    /// Hands the message of another agent to the servers, and back what the first that answered said. Only asked where
    /// [`Status::targets`] has a server.
    fn forward(&self, message: Passed) -> Later<'_, anyhow::Result<Answered>>;
}

/// What a neighbour gets that asked for the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HandedOut {
    /// XML (`<REQUEST>`, `INVENTORY`).
    Document(Vec<u8>),
    /// Nothing, and why, for the owner.
    Not(String),
}

/// What the daemon does, is about to do, and did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Status {
    /// In the words of `/status`.
    #[serde(rename = "status")]
    pub(crate) doing: Doing,
    /// Of this program.
    pub(crate) version: String,
    /// When the daemon began (Unix time).
    pub(crate) since: Option<i64>,
    pub(crate) targets: Vec<TargetStatus>,
    /// What was refused last, the newest first.
    pub(crate) refused: Vec<Refused>,
}

/// The words of `/status`, which servers read: `waiting` is the one that means there is time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Doing {
    Waiting,
    Paused,
    /// A task, by its name as servers write it: `Inventory`.
    Running(String),
    #[default]
    Unknown,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting => f.write_str("waiting"),
            Self::Paused => f.write_str("paused"),
            Self::Running(task) => write!(f, "running task {task}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl Serialize for Doing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TargetKind {
    Server,
    Local,
}

/// A server or a folder that gets inventories. Times are Unix time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TargetStatus {
    /// Its local name: `hq`, `server0`, `local0`.
    pub(crate) name: String,
    pub(crate) kind: TargetKind,
    /// The server's URL, or the path.
    pub(crate) place: String,
    /// When it is due.
    pub(crate) next: Option<i64>,
    /// Why then.
    pub(crate) because: String,
    /// The last attempt, and the last that worked.
    pub(crate) tried: Option<i64>,
    pub(crate) worked: Option<i64>,
    /// Why the last attempt did not work.
    pub(crate) last_error: Option<String>,
    /// What became of each task at the last run.
    pub(crate) results: Vec<TaskResult>,
    /// Reports that are not delivered yet.
    pub(crate) waiting: usize,
}

/// What became of a task, in a word or a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TaskResult {
    pub(crate) task: String,
    pub(crate) outcome: String,
}

/// Something that a task, or a neighbour, asked for and did not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    /// UTC, RFC 3339.
    pub(crate) time: String,
    /// For whom; none: for the owner, or for a neighbour.
    pub(crate) server: Option<String>,
    /// The address that asked, where it was neither a server's task nor the owner's.
    pub(crate) neighbour: Option<String>,
    /// `listener`, where no task asked.
    pub(crate) task: String,
    /// What was asked: `files.read /etc/shadow`, `a wake from 192.0.2.9`.
    pub(crate) what: String,
    /// The reason code: `PATH_OUTSIDE`.
    pub(crate) code: String,
    /// The reason, for people.
    pub(crate) why: String,
    /// How often.
    pub(crate) times: u64,
}

impl Refused {
    /// For whom it would have been, for people.
    pub(crate) fn for_whom(&self) -> String {
        let neighbour = || self.neighbour.as_ref().map(|address| format!("neighbour {address}"));
        self.server.clone().or_else(neighbour).unwrap_or_else(|| "the owner".to_owned())
    }
}

/// Who is to be due now, and for what.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wake {
    /// One target, by its name; none: all of them.
    pub(crate) target: Option<String>,
    /// Not everything that is due, but these categories of the inventory.
    pub(crate) partial: Option<Partial>,
}

/// An inventory of some categories.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Partial {
    /// As the request has them: `software`, `printer`.
    pub(crate) categories: Vec<String>,
}

/// What came of a wake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The names of the targets that are due now.
    Due(Vec<String>),
    /// Why nothing happens.
    Not(String),
}

/// A message of another agent on its way to the servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passed {
    pub(crate) format: airlock_protocol::bodies::Format,
    /// What is asked: `contact`, `inventory` (JSON), `PROLOG`, `INVENTORY` (XML); a plain word.
    pub(crate) action: String,
    /// The device's id; characters of a file's name only.
    pub(crate) device: String,
    /// The other agent's own id (a UUID), where it speaks GLPI's protocol.
    pub(crate) agent: Option<String>,
    /// Eight hexadecimal digits by which servers know the message again.
    pub(crate) request: Option<String>,
    /// The ids of the agents that passed it on, this one's the last: the header `GLPI-Proxy-ID`.
    pub(crate) proxies: Vec<String>,
    /// The document, unpacked.
    pub(crate) document: Vec<u8>,
}

/// What a server said to a message that was passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) format: airlock_protocol::bodies::Format,
    /// Unpacked.
    pub(crate) document: Vec<u8>,
}
