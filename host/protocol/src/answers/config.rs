//! The answer to `getConfig`: where a task's jobs are.

use super::lenient::{self, list, member};
use super::{AnswerError, Message};
use airlock_model::{Note, Notes, shown};
use std::time::Duration;

/// The most addresses of one answer.
const MOST: usize = 50;

/// Where jobs are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// `configValidityPeriod`: how long this holds; in seconds on the wire.
    pub valid_for: Option<Duration>,
    /// Empty when there is nothing to do.
    pub schedule: Vec<Scheduled>,
    pub notes: Vec<Note>,
}

/// One task's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// As the server writes it: `Deploy`, `Collect`, `ESX`.
    pub task: String,
    /// Where to ask for jobs. Any URL at all: whether the agent may go there is decided elsewhere.
    pub remote: String,
    /// How often, in seconds on the wire.
    pub periodicity: Option<Duration>,
    /// How much later the first time, in seconds on the wire.
    pub delay_startup: Option<Duration>,
}

impl Config {
    /// Reads a message as an answer to `getConfig`. Without a `schedule` it is none, but for an error (see
    /// [`super::Message::status`]) and an empty object, which says that there is nothing to do.
    pub fn of(message: &Message) -> Result<Self, AnswerError> {
        let object = message.object();
        let Some(schedule) = object.get("schedule") else {
            if object.is_empty() {
                return Ok(Self::default());
            }
            return Err(AnswerError::Missing { member: "schedule", expected: "a list of tasks and their addresses" });
        };
        let mut notes = Notes::default();
        lenient::unknown(object, &["schedule", "configValidityPeriod"], "", &mut notes);
        let seconds = |number: Option<String>| number?.parse().ok().map(Duration::from_secs).filter(|s| !s.is_zero());
        let mut entries = Vec::new();
        for entry in list(schedule) {
            let said = entry.as_object();
            match said.and_then(|said| Some((said, member(said, "task")?, member(said, "remote")?))) {
                Some(_) if entries.len() == MOST => notes.add(format!("schedule: more than {MOST}, the rest left out")),
                Some((said, task, remote)) => entries.push(Scheduled {
                    task,
                    remote,
                    periodicity: seconds(member(said, "periodicity")),
                    delay_startup: seconds(member(said, "delayStartup")),
                }),
                None => {
                    let task = said.and_then(|said| member(said, "task")).unwrap_or_default();
                    notes.add(format!("schedule: an entry {} without a task and its remote, left out", shown(&task)));
                }
            }
        }
        let valid_for = seconds(member(object, "configValidityPeriod")).map(|period| period.min(super::LONGEST));
        Ok(Self { valid_for, schedule: entries, notes: notes.done() })
    }
}
