//! Why a contact did not come to its end.

use airlock_net::server::TransportError;
use airlock_protocol::answers::AnswerError;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SessionError {
    /// Said whole, and so not given again as a source.
    #[error("{0} ({code})", code = .0.code())]
    Transport(TransportError),
    /// It answered, but nothing that can be read.
    #[error("HTTP {status}: {error}")]
    Answer { status: u16, error: AnswerError },
    /// It said no, in its own words.
    #[error("the server refuses (HTTP {status}): {words}")]
    Refused { status: u16, words: String },
    /// It has no time now.
    #[error("the server asks to come again later (HTTP {status})")]
    Busy { status: u16, again: Option<Duration> },
    /// It answered in a dialect that it has left behind, or that the policy does not let it speak.
    #[error("{0}")]
    Dialect(String),
    #[error("the answer is not there yet; the server says to come again in {} s", .0.as_secs())]
    Pending(Duration),
    #[error(transparent)]
    State(#[from] std::io::Error),
}

impl From<TransportError> for SessionError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl SessionError {
    /// When the server itself says to come again.
    pub(crate) fn again(&self) -> Option<Duration> {
        match self {
            Self::Busy { again, .. } => *again,
            Self::Pending(again) => Some(*again),
            _ => None,
        }
    }
}
