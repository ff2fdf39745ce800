//! A recording of a run as a document: lines of JSON, the first says what was run, each further one has a call and its
//! answer, the last one how the run ended. People read it, compare it, cut it down to a test.
//!
//! Refused, with the number of the line: what is too large, what is no call or no answer to it, and a recording without
//! its last line, which was cut off. It holds what the machine answered as the machine answered it, so whoever keeps one
//! keeps it for its owner's eyes; [`rename`](Cassette::renamed) replaces what names machines and people.

mod read;
mod rename;
mod write;

pub use read::{CassetteError, LARGEST};

use crate::{CallError, Code};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of this form.
pub const FORMAT: u32 = 1;

/// What was run, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cassette {
    pub header: Header,
    pub exchanges: Vec<Exchange>,
    pub denied: Vec<Denied>,
    /// `ok`, or how the run failed.
    pub end: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub cassette: u32,
    /// The version of the program, and so of the schema of facts.
    pub program: String,
    pub task: String,
    /// `sha256` of the component, in hex.
    pub digest: String,
    /// The kind of task.
    pub world: String,
    /// For which server it was run; none for the owner's own command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// The job, as JSON.
    pub job: String,
    /// When, in UTC.
    pub created: String,
    /// Names of machines and people have been replaced.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pseudonyms: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(yes: &bool) -> bool {
    !yes
}

/// A call and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// The call's name, e.g. `facts.read`.
    pub name: String,
    pub call: Value,
    #[serde(flatten)]
    pub answer: Answer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Reply(Value),
    Error(CallError),
}

/// A call that was not let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Denied {
    pub name: String,
    pub call: Value,
    #[serde(rename = "denied")]
    pub code: Code,
}
