//! The answers to `getJobs`, and to what is said of a job.

use super::lenient::{self, list, member};
use super::{AnswerError, Message};
use crate::jobs::{RawJob, SecretText};
use airlock_model::{Note, Notes};
use serde_json::{Map, Value};

/// The most jobs of one answer.
const MOST: usize = 1000;

/// Jobs of a REST endpoint. `{}` is none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Jobs {
    pub jobs: Vec<RawJob>,
    /// Deploy: what the files are that jobs name by their SHA-512 (`associatedFiles`), as the server wrote it.
    pub files: Option<RawJob>,
    /// Collect: answers are to be sent as forms (`postmethod` is `POST`).
    pub post: bool,
    /// Collect: what the next answer has to carry as `_glpi_csrf_token`.
    pub token: Option<SecretText>,
    pub notes: Vec<Note>,
}

impl Jobs {
    /// Reads a message as an answer to `getJobs` for a task: `deploy`, `collect`, `esx`.
    pub fn of(message: Message, task: &str) -> Result<Self, AnswerError> {
        let mut object = message.into_object();
        let mut notes = Notes::default();
        let token = member(&object, "token").map(SecretText::new);
        let post = member(&object, "postmethod").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let Some(said) = object.remove("jobs") else {
            // A page of GLPI's API has members, and none of these.
            if object.is_empty() || token.is_some() {
                return Ok(Self { post, token, ..Self::default() });
            }
            return Err(AnswerError::Missing {
                member: "jobs",
                expected: "a list of jobs, or an empty object for none",
            });
        };
        lenient::unknown(&object, &["associatedFiles", "postmethod", "token"], "", &mut notes);
        let mut jobs = Vec::new();
        for job in list(&said) {
            match job {
                Value::Object(_) if jobs.len() == MOST => {
                    notes.add(format!("jobs: more than {MOST}, the rest left out"))
                }
                Value::Object(job) => jobs.push(RawJob::new(task, job.clone())),
                _ => notes.add("jobs: one that is no object, left out".to_owned()),
            }
        }
        let files = match object.remove("associatedFiles") {
            Some(Value::Object(files)) => Some(RawJob::new(task, files)),
            Some(Value::Array(list)) if list.is_empty() => Some(RawJob::new(task, Map::new())),
            Some(_) => {
                notes.add("associatedFiles: no object, left out".to_owned());
                None
            }
            None => None,
        };
        Ok(Self { jobs, files, post, token, notes: notes.done() })
    }

    /// The token in the answer to `setAnswer`, which the next one has to carry.
    pub fn next_token(message: &Message) -> Option<SecretText> {
        message.text("token").map(SecretText::new)
    }
}
