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
    /// `pkg.fetch`: what comes is for signed packages alone (`publishers`), and is kept apart from what a job may look at.
    pub is_sealed: bool,
    /// In a rehearsal: a person has to approve the call first, so nothing goes anywhere.
    pub is_awaited: bool,
    /// `ui.ask`: the local name of the server that asks; none: the owner.
    pub asked_by: Option<String>,
    pub max_bytes: Option<u64>,
    pub max_results: Option<u64>,
    /// `pkg.fetch`, `p2p.fetch`: what a download may take of the line.
    pub bytes_per_second: Option<u64>,
    /// `exec.template`: what is run, word for word.
    pub command: Option<Command>,
    /// The names of the redaction profiles that apply to what is sent: all of them.
    pub redact: Vec<String>,
}

/// A command as the policy's template spells it out, its arguments checked and put in their places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What it has to do with the folder of the job that it is run for.
    #[serde(default)]
    pub work: Work,
}

/// The job's own folder, as a command sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Where words name files of it: as `work:NAME`, until it is known where the folder is.
    pub files: Vec<WorkFile>,
    /// The command is run in it (`cwd = "work"`).
    pub is_cwd: bool,
    /// Where it is, once that is known.
    pub folder: Option<String>,
}

/// A file of the job's folder in a word of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkFile {
    /// Which of the words after the program, and at which byte of it.
    pub word: usize,
    pub at: usize,
    /// Below the job's folder.
    pub name: String,
}

/// How a file of the job's folder is written in a word.
pub(crate) const WORK: &str = "work:";

impl Command {
    /// With the job's folder where it is: the words that name files of it are absolute paths then.
    #[must_use]
    pub(crate) fn placed(mut self, folder: &str) -> Self {
        // From the end on: what is put in moves what is behind it.
        for file in self.work.files.drain(..).rev() {
            let Some(word) = self.argv.get_mut(file.word) else { continue };
            let end = file.at + WORK.len() + file.name.len();
            if word.get(file.at..end).is_some() {
                word.replace_range(file.at..end, &format!("{folder}/{}", file.name));
            }
        }
        self.work.folder = Some(folder.to_owned());
        self
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathUnder {
    pub path: String,
    pub root: String,
    pub exists: bool,
}
