//! What servers answer: a JSON message of GLPI, an XML `REPLY` of GLPI, FusionInventory and OCS servers, or something
//! that is neither and is said.
//!
//! What an answer is, its own bytes tell: servers label JSON as a page and plain XML as packed. Bounds: 16 MiB opened,
//! 200,000 values, 64 levels. What a reader does not know is left out with a note; what it needs and does not find is an
//! error.

mod config;
mod contact;
mod credentials;
mod error;
mod expiration;
mod jobs;
mod json_options;
pub(crate) mod lenient;
mod message;
mod offers;
mod outline;
mod reply;
mod report;

pub use config::{Config, Scheduled};
pub use contact::ContactAnswer;
pub use credentials::{ParamsAnswer, ServerCredential};
pub use error::AnswerError;
pub use expiration::{LONGEST, expiration};
pub use jobs::Jobs;
pub use message::{Message, Status};
pub use offers::{ParamsOffer, TaskOffer};
pub use reply::{Reply, Response};
pub use report::{Outcome, ReportAnswer};

use crate::bodies::{self, Coding, Limits};
use crate::tree::{self, Budget, DocumentFault, measure};
use serde_json::Value;

/// What came, before anyone asks what it means.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// No bytes, or only blanks.
    Empty,
    /// A JSON object. `[]` is one without members: PHP writes an empty one so.
    Json(Message),
    /// An XML element `REPLY`.
    Xml(Reply),
}

/// An answer with what is to be said of its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    pub answer: Answer,
    /// What its body was packed in.
    pub coding: Coding,
    /// Bytes before and after the document that were passed over.
    pub passed_over: usize,
}

impl Answer {
    /// Reads an answer's body. `content_type` is its header, if it has one; it is believed only where the bytes say
    /// nothing.
    pub fn read(content_type: Option<&str>, body: &[u8], limits: &Limits) -> Result<Received, AnswerError> {
        let opened = bodies::open(content_type, body, limits)?;
        let (answer, beside) = Self::of(&opened.bytes)?;
        Ok(Received { answer, coding: opened.coding, passed_over: opened.before + opened.after + beside })
    }

    /// Reads an opened body; says how many of its bytes were passed over.
    fn of(bytes: &[u8]) -> Result<(Self, usize), AnswerError> {
        let text = tree::text(bytes).map_err(|fault| AnswerError::document(fault, bytes))?.trim();
        let documented = |fault: DocumentFault| AnswerError::document(fault, text.as_bytes());
        match text.as_bytes().first() {
            None => Ok((Self::Empty, 0)),
            Some(b'{' | b'[') => Ok((Self::Json(Message::read(text)?), 0)),
            _ => {
                let document = reply::within(text);
                let element =
                    document.map(|document| tree::xml::root(document, tree::xml::Attributes::Members, &budget()));
                match element.transpose() {
                    Ok(Some(Some((name, cell)))) if name == "REPLY" => {
                        let beside = text.len() - document.map_or(0, str::len);
                        Ok((Self::Xml(Reply::new(cell)), beside))
                    }
                    _ if error::is_page(text) => Err(AnswerError::page(text)),
                    Ok(Some(Some((name, _)))) => Err(AnswerError::Element { name: airlock_model::shown(&name) }),
                    Err(fault) => Err(documented(fault)),
                    Ok(_) => Err(AnswerError::neither(text)),
                }
            }
        }
    }

    /// The JSON message.
    pub fn json(self) -> Result<Message, AnswerError> {
        match self {
            Self::Json(message) => Ok(message),
            Self::Xml(_) => Err(AnswerError::Other { expected: "JSON", found: "an XML REPLY" }),
            Self::Empty => Err(AnswerError::Other { expected: "JSON", found: "nothing" }),
        }
    }

    /// The XML reply.
    pub fn xml(self) -> Result<Reply, AnswerError> {
        match self {
            Self::Xml(reply) => Ok(reply),
            Self::Json(_) => Err(AnswerError::Other { expected: "an XML REPLY", found: "JSON" }),
            Self::Empty => Err(AnswerError::Other { expected: "an XML REPLY", found: "nothing" }),
        }
    }
}

const STATUS: &str = "ok, pending or error, as GLPI says it";

fn unknown_status(word: &str) -> AnswerError {
    AnswerError::Member { member: "status".to_owned(), found: airlock_model::shown(word), expected: STATUS }
}

/// What one answer may hold.
fn budget() -> Budget {
    Budget::new(200_000, 64)
}

/// A JSON text as a tree, once it is known to be small enough.
fn parse(text: &str) -> Result<Value, DocumentFault> {
    measure::json(text, &budget())?;
    serde_json::from_str(text).map_err(|error| DocumentFault::Json { why: error.to_string() })
}
