//! What an allowed call may do at most, as the grant that covers it says. Whoever answers the call keeps to it: the
//! machine, a mock of one, a recording.

use crate::policy::{Below, View};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// What is shown of the inventory.
    pub view: View,
    /// Files: the folder below which the path was granted. The folder itself is the owner's word; below it no link is
    /// followed.
    pub root: Option<String>,
    /// Files: the path is one that the owner wrote, not one below it.
    pub is_named: bool,
    /// What is shown of that which is below the path, for a call that is about that.
    pub below: Option<Below>,
    pub max_bytes: Option<u64>,
    pub max_results: Option<u64>,
    /// `exec.template`: what is run, word for word.
    pub command: Option<Command>,
    /// The names of the redaction profiles that apply to what is sent: all of them.
    pub redact: Vec<String>,
}

/// A command as the policy's template spells it out, its arguments checked and put in their places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// An absolute path.
    pub program: String,
    /// What the program's file has to be, in hex.
    pub sha256: Option<String>,
    /// All words after the program.
    pub argv: Vec<String>,
    pub run_as: Option<String>,
    pub wall_seconds: u64,
    pub output_kb: u64,
    /// Words of type `path-under`, which have to stay what they say on the machine: no links on the way.
    pub paths: Vec<PathUnder>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathUnder {
    pub path: String,
    pub root: String,
    pub exists: bool,
}
