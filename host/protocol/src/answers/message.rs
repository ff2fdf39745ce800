//! A JSON message: an object with an `action`, a `status`, a `message`, an `expiration`, and what else there is.

use super::{AnswerError, expiration, lenient};
use crate::tree::DocumentFault;
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

/// How a server says that it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Ok,
    /// Ask again, with the same request id, when the expiration is over.
    Pending,
    Error,
    /// A word that the protocol does not have, in at most 40 bytes.
    Other(String),
}

impl Status {
    pub(super) fn of(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "ok" => Self::Ok,
            "pending" => Self::Pending,
            "error" => Self::Error,
            _ => Self::Other(word.get(..word.floor_char_boundary(40)).unwrap_or_default().to_owned()),
        }
    }
}

/// A message as it came. It may hold secrets; it is shown by the names of its members only.
#[derive(Clone, PartialEq, Default)]
pub struct Message {
    object: Map<String, Value>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Message").field(&self.object.keys().collect::<Vec<_>>()).finish()
    }
}

impl Message {
    /// Reads a JSON text: an object, or the empty list that PHP writes for an empty one.
    pub fn read(text: &str) -> Result<Self, AnswerError> {
        match super::parse(text) {
            Ok(Value::Object(object)) => Ok(Self { object }),
            Ok(Value::Array(list)) if list.is_empty() => Ok(Self::default()),
            Ok(_) => {
                let fault = DocumentFault::Json { why: "it is no object".to_owned() };
                Err(AnswerError::document(fault, text.as_bytes()))
            }
            Err(fault) => Err(AnswerError::document(fault, text.as_bytes())),
        }
    }

    /// What it asks for or answers; `inventory` if it does not say.
    pub fn action(&self) -> String {
        self.text("action").unwrap_or_else(|| "inventory".to_owned())
    }

    pub fn status(&self) -> Option<Status> {
        self.text("status").map(|word| Status::of(&word))
    }

    /// The server's words: at most 4 KiB of them, to be escaped before they are shown.
    pub fn words(&self) -> Option<String> {
        self.text("message")
    }

    /// When to come again (see [`expiration`]); none when it is missing or makes no sense.
    pub fn expiration(&self) -> Option<Duration> {
        self.object.get("expiration").and_then(expiration)
    }

    /// A member as text.
    pub fn text(&self, member: &str) -> Option<String> {
        lenient::member(&self.object, member)
    }

    /// All of it, secrets too.
    pub fn object(&self) -> &Map<String, Value> {
        &self.object
    }

    /// All of it, secrets too.
    pub fn into_object(self) -> Map<String, Value> {
        self.object
    }
}

impl From<Map<String, Value>> for Message {
    fn from(object: Map<String, Value>) -> Self {
        Self { object }
    }
}
