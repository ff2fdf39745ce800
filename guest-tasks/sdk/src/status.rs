//! What the server of a job is told while the job goes on.

use crate::Error;
use crate::bindings::airlock::task::status as wit;

pub use wit::Step;

/// A line of the job's record at its server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub step: Option<Step>,
    /// `ok`, `ko`, `warning`, `info`, `ignore`; none: the job goes on.
    pub status: Option<String>,
    pub message: String,
    /// SHA-512 of the file that it is about, in hexadecimal.
    pub file: Option<String>,
    /// The number of the action that it is about, from 0.
    pub action: Option<u32>,
    /// The number of the check that it is about, from 0.
    pub check: Option<u32>,
}

/// Tells the server a line. There are 10,000 in one run.
pub fn tell(line: Line) -> Result<(), Error> {
    let Line { step, status, message, file, action, check } = line;
    wit::tell(&wit::Line { step, status, message, file, action, check })
}

/// One result of a collection: names and values.
pub fn answer(fields: &[(String, String)]) -> Result<(), Error> {
    wit::answer(fields)
}

/// What a person answered: the kind of question, the behavior that the job asks for then, the event, and who it was.
pub fn asked(kind: &str, behavior: &str, event: &str, user: &str) -> Result<(), Error> {
    wit::asked(kind, behavior, event, user)
}
