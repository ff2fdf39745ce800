//! What it means for a job that the host did not answer a call.

use airlock_task::{Denial, DenialReason, Error, words};

/// The job cannot go on now, whatever it is about to do.
#[derive(Debug, Clone)]
pub enum Break {
    /// A person here has to approve a call first.
    Held(Denial),
    /// The run is over: stopped, or its allowance spent.
    Over(Error),
}

/// A call that was not answered; the job decides what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// For the server's operator.
    pub(crate) words: String,
    /// The owner's policy refused it.
    pub(crate) denied: Option<Denial>,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Refused,
    NotFound,
    Unsupported,
    Timeout,
    /// The argument makes no sense where it is used.
    Invalid,
    Failed,
}

impl Trouble {
    pub(crate) fn failed(words: String) -> Self {
        Self { words, denied: None, kind: Kind::Failed }
    }
}

/// Tells what ends a job from what the job has to live with. `what`, in the words of the protocol, is what was asked for.
pub(crate) fn tried<T>(answer: Result<T, Error>, what: impl FnOnce() -> String) -> Result<Result<T, Trouble>, Break> {
    let error = match answer {
        Ok(done) => return Ok(Ok(done)),
        Err(error) => error,
    };
    let kind = match &error {
        Error::Denied(denial) if denial.reason == DenialReason::NotApproved => return Err(Break::Held(denial.clone())),
        Error::Exhausted(_) | Error::Cancelled => return Err(Break::Over(error)),
        Error::Denied(_) => Kind::Refused,
        Error::NotFound => Kind::NotFound,
        Error::Unsupported => Kind::Unsupported,
        Error::Timeout => Kind::Timeout,
        Error::Invalid(_) => Kind::Invalid,
        Error::Failed(_) => Kind::Failed,
    };
    Ok(Err(match error {
        Error::Denied(denial) => {
            let words = format!("refused by the owner's policy: {} (audit {})", what(), denial.audit);
            Trouble { words, denied: Some(denial), kind }
        }
        other => Trouble { words: words(&other), denied: None, kind },
    }))
}

impl From<Error> for Break {
    fn from(error: Error) -> Self {
        Break::Over(error)
    }
}
