//! Why an archive was not unpacked, in words for people.

use airlock_gate::{CallError, Code};
use airlock_model::short_line;
use std::io;

/// Bytes of an entry's name that a sentence shows.
const SHOWN: usize = 120;

/// Why an archive was not unpacked. Entries are named as they are in the archive, made visible and cut.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    /// The archive is what nobody unpacks; nothing of it stands anywhere.
    #[error("the archive is refused as a whole: entry \"{entry}\": {why}")]
    Entry { entry: String, why: String },
    #[error("the archive is refused as a whole: {0}")]
    Archive(String),
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    #[error("{0}")]
    Kind(String),
    #[error("\"{entry}\" could not be unpacked: {why}")]
    Target { entry: String, why: String },
    #[error("the archive could not be read: {0}")]
    Read(io::Error),
    #[error("unpacking was stopped")]
    Stopped,
}

impl UnpackError {
    pub(super) fn entry(name: &[u8], why: impl Into<String>) -> Self {
        Self::Entry { entry: shown(name), why: why.into() }
    }

    pub(super) fn target(name: &str, why: impl Into<String>) -> Self {
        Self::Target { entry: shown(name.as_bytes()), why: why.into() }
    }

    /// An error of reading: of a decoder it says that the archive is damaged, of the file that it cannot be read.
    pub(super) fn reading(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(_) => Self::Read(error),
            None => Self::Damaged(short_line(&error.to_string(), SHOWN)),
        }
    }

    /// Whether the archive itself is at fault, rather than the machine.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self, Self::Entry { .. } | Self::Archive(_))
    }
}

impl From<UnpackError> for CallError {
    fn from(error: UnpackError) -> Self {
        match error {
            UnpackError::Stopped => CallError::Cancelled,
            error if error.is_refused() => CallError::Unfit { code: Code::Archive, why: error.to_string() },
            error => CallError::Failed(error.to_string()),
        }
    }
}

/// An entry's name as a sentence shows it.
pub(super) fn shown(name: &[u8]) -> String {
    short_line(&String::from_utf8_lossy(name), SHOWN)
}
