//! The answer to `get_params`: credentials for inventory modules.

use super::lenient::{list, member};
use super::{AnswerError, Message};
use crate::jobs::SecretText;
use airlock_model::{Note, Notes};
use serde_json::Value;

const MOST: usize = 500;

/// What a server answers to `get_params`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParamsAnswer {
    pub credentials: Vec<ServerCredential>,
    pub notes: Vec<Note>,
}

/// One way into a database server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCredential {
    /// Such as `login_password`.
    pub kind: String,
    pub login: Option<String>,
    pub password: Option<SecretText>,
    /// A local socket's path.
    pub socket: Option<String>,
    pub host: Option<String>,
    pub port: Option<u16>,
    /// What was asked for.
    pub params_id: Option<String>,
    /// What it is for, such as `mysql`.
    pub uses: Option<String>,
}

impl ParamsAnswer {
    /// Reads a message as an answer to `get_params`: a list `credentials`.
    pub fn of(message: &Message) -> Result<Self, AnswerError> {
        let credentials = message
            .object()
            .get("credentials")
            .filter(|value| value.is_array())
            .ok_or(AnswerError::Missing { member: "credentials", expected: "a list" })?;
        let mut notes = Notes::default();
        let mut all = Vec::new();
        for entry in list(credentials) {
            match entry {
                Value::Object(_) if all.len() == MOST => {
                    notes.add(format!("credentials: more than {MOST}, the rest left out"))
                }
                Value::Object(said) => all.push(ServerCredential {
                    kind: member(said, "type").unwrap_or_default(),
                    login: member(said, "login"),
                    password: member(said, "password").map(SecretText::new),
                    socket: member(said, "socket"),
                    host: member(said, "host"),
                    port: member(said, "port").and_then(|port| port.parse().ok()),
                    params_id: member(said, "params_id"),
                    uses: member(said, "use"),
                }),
                _ => notes.add("credentials: an entry that is no object, left out".to_owned()),
            }
        }
        Ok(Self { credentials: all, notes: notes.done() })
    }
}
