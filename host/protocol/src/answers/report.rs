//! The answer to a report: whether the server took it. Servers say less here than to a contact.

use super::{Answer, AnswerError, Message, Reply, Response, Status};
use std::time::Duration;

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it. It does not say whether it will use it.
    Taken,
    /// Ask again, with the same request id, when the expiration is over.
    Pending,
    /// It did not take it, and will not take the same again.
    Refused,
}

/// A server's answer to an inventory, or to a message of a network task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportAnswer {
    pub outcome: Outcome,
    /// The server's words, to be escaped before they are shown.
    pub words: Option<String>,
    /// When to come again, if it says so.
    pub expiration: Option<Duration>,
}

impl ReportAnswer {
    /// Reads an answer of either kind. A `REPLY` that says nothing took the report; no answer did not.
    pub fn of(answer: &Answer) -> Result<Self, AnswerError> {
        match answer {
            Answer::Json(message) => Self::json(message),
            Answer::Xml(reply) => Self::xml(reply),
            Answer::Empty => Err(AnswerError::Other { expected: "JSON or an XML REPLY", found: "nothing" }),
        }
    }

    fn json(message: &Message) -> Result<Self, AnswerError> {
        let status = message.status().ok_or(AnswerError::Missing { member: "status", expected: super::STATUS })?;
        let (words, expiration) = (message.words(), message.expiration());
        Ok(Self { outcome: outcome(&status)?, words, expiration })
    }

    fn xml(reply: &Reply) -> Result<Self, AnswerError> {
        let (words, expiration) = (reply.error(), reply.expiration().or_else(|| reply.frequency()));
        let outcome = match (&words, reply.status(), reply.response()) {
            (Some(_), _, _) => Outcome::Refused,
            (None, Some(status), _) => outcome(&status)?,
            (None, None, None) => Outcome::Taken,
            (None, None, Some(Response::Send | Response::NoAccountUpdate | Response::AccountUpdate)) => Outcome::Taken,
            // OCS says so when it does not want this inventory.
            (None, None, Some(Response::Stop)) => Outcome::Refused,
            (None, None, Some(Response::Other(word))) => {
                return Err(AnswerError::Member {
                    member: "RESPONSE".to_owned(),
                    found: airlock_model::shown(&word),
                    expected: "SEND, NO_ACCOUNT_UPDATE, ACCOUNT_UPDATE or STOP",
                });
            }
        };
        Ok(Self { outcome, words, expiration })
    }
}

fn outcome(status: &Status) -> Result<Outcome, AnswerError> {
    Ok(match status {
        Status::Ok => Outcome::Taken,
        Status::Pending => Outcome::Pending,
        Status::Error => Outcome::Refused,
        Status::Other(word) => return Err(super::unknown_status(word)),
    })
}
