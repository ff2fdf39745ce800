//! Jobs: what a server wants done, apart from the secrets that it put in.
//!
//! A job comes as a [`RawJob`], which shows itself to nobody. [`RawJob::without_secrets`] takes it apart: a [`Job`], which
//! a component may see, names every secret by a handle; the secrets stay with the host.

mod discovery;
mod error;
mod network;
mod query;
mod registry;
mod secrets;
mod take;
mod wake;

pub use discovery::{Discovery, Range};
pub use error::JobError;
pub use network::{Protocol, SnmpCredential};
pub use query::{Device, Query};
pub use registry::{Hive, RegistryValue, registry};
pub use secrets::{Credential, Secret, SecretText};
pub use wake::wake_on_lan;

use crate::answers::lenient;
use airlock_model::{Note, Notes, shown};
use serde_json::{Map, Value};
use std::fmt;

/// A job as it came, with whatever secrets are in it. Printed, it shows its task and the names of its members.
#[derive(Clone, PartialEq)]
pub struct RawJob {
    task: String,
    body: Map<String, Value>,
}

/// A job without secrets: what a component is handed.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// `NAME` of an XML `OPTION` as it is (`NETDISCOVERY`, `SNMPQUERY`, …), or the task whose endpoint it came from.
    pub task: String,
    /// The job as the server wrote it, XML as objects, lists and texts. Where a secret was, there is a member
    /// `credential` with its handle.
    pub body: Map<String, Value>,
    /// What had to be left out.
    pub notes: Vec<Note>,
}

impl RawJob {
    pub(crate) fn new(task: &str, body: Map<String, Value>) -> Self {
        Self { task: task.to_owned(), body }
    }

    /// An `OPTION` element; without a name it is none.
    pub(crate) fn option(block: Value, notes: &mut Notes) -> Option<Self> {
        let Value::Object(body) = block else {
            notes.add("OPTION: without members, left out".to_owned());
            return None;
        };
        match lenient::member(&body, "NAME").filter(|name| lenient::task(name).is_some()) {
            Some(task) => Some(Self { task, body }),
            None => {
                notes.add("OPTION: without a NAME that is one, left out".to_owned());
                None
            }
        }
    }

    /// The task that it is for.
    pub fn task(&self) -> &str {
        &self.task
    }

    /// The job as it came, secrets too: not to be shown, kept or handed on.
    pub fn as_it_came(&self) -> &Map<String, Value> {
        &self.body
    }

    /// The job for a component, and the secrets that were in it. Handles begin with `prefix`, which makes them the
    /// caller's own: they are no secrets, and mean nothing to other servers and jobs only if the caller looks them up so.
    pub fn without_secrets(mut self, prefix: &str) -> (Job, Vec<Credential>) {
        let mut notes = Notes::default();
        let credentials = take::secrets(&mut self.body, prefix, &mut notes);
        (Job { task: self.task, body: self.body, notes: notes.done() }, credentials)
    }
}

impl fmt::Debug for RawJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<String> = self.body.keys().map(|name| shown(name)).collect();
        f.debug_struct("RawJob").field("task", &self.task).field("members", &members).finish()
    }
}
