//! GLPI's answer to a contact, and to a PROLOG with an agent's id.

use super::json_options::options;
use super::offers::{TaskOffer, offers};
use super::{AnswerError, Message, Status, lenient};
use crate::jobs::RawJob;
use airlock_model::{Note, Notes};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a GLPI server answers.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactAnswer {
    /// `ok` and HTTP 200 say that the server took the message, not that it will use what was in it.
    pub status: Status,
    /// The server's words, several joined by `;`. To be escaped before they are shown.
    pub words: Option<String>,
    /// When to come again. Servers write it as a text on success and as a number on errors.
    pub expiration: Option<Duration>,
    /// By the name of the task, in lower case.
    pub tasks: BTreeMap<String, TaskOffer>,
    /// Tasks that the server does not want to see, in lower case.
    pub disabled: BTreeSet<String>,
    /// Jobs that the plugin put into its JSON answer to a PROLOG. It regards them as sent, so this is where they are.
    pub options: Vec<RawJob>,
    /// What was in the answer and means nothing here.
    pub notes: Vec<Note>,
}

/// Members that are read.
const KNOWN: &[&str] = &["status", "message", "expiration", "tasks", "disabled", "action"];
/// Members that would say who this agent is. It knows that itself.
const OURS: &[&str] = &["deviceid", "agentid", "agent-id", "glpi-agent-id"];

impl ContactAnswer {
    /// Reads a message as an answer. An error when there is no `status`, or none of the protocol's; or when it is `ok` and
    /// does not say until when.
    pub fn of(message: &Message) -> Result<Self, AnswerError> {
        let status = message.status().ok_or(AnswerError::Missing { member: "status", expected: super::STATUS })?;
        if let Status::Other(word) = &status {
            return Err(super::unknown_status(word));
        }
        let mut notes = Notes::default();
        let object = message.object();
        let expiration = message.expiration();
        if expiration.is_none() {
            let missing =
                AnswerError::Missing { member: "expiration", expected: "hours, or a number with s, m, h or d" };
            match object.get("expiration") {
                _ if status == Status::Ok => return Err(missing),
                Some(wrong) => {
                    notes.add(format!("expiration: {} is no period", airlock_model::shown(&wrong.to_string())))
                }
                None => {}
            }
        }
        let tasks = object.get("tasks").map(|tasks| offers(tasks, &mut notes)).unwrap_or_default();
        let mut disabled = BTreeSet::new();
        for name in object.get("disabled").map(lenient::texts).unwrap_or_default() {
            match lenient::task(&name) {
                Some(name) if disabled.len() < 64 => drop(disabled.insert(name)),
                Some(_) => notes.add("disabled: more than 64, the rest left out".to_owned()),
                None => lenient::no_name_of_a_task(&mut notes, &name),
            }
        }
        let (options, read) = options(object, &mut notes);
        for name in object.keys().filter(|name| OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name))) {
            notes.add(format!("{}: who this agent is, it knows itself; not heard", airlock_model::shown(name)));
        }
        let read = read.iter().map(String::as_str);
        let known: Vec<&str> = KNOWN.iter().chain(OURS).copied().chain(read).collect();
        lenient::unknown(object, &known, "", &mut notes);
        let words = message.words();
        Ok(Self { status, words, expiration, tasks, disabled, options, notes: notes.done() })
    }
}
