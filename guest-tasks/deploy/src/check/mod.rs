//! Checks: what has to be so on the machine before anything of a job, or of one of its actions, is done.
//!
//! A path is taken as it is written ([`crate::place`]). What the owner does not let a server see is a failure whatever the
//! check asks for, in the same words whatever is there: a check is no way to look around.

mod level;
mod registry;
mod verdict;

pub(crate) use level::{Checked, Level, all};
pub use verdict::{Verdict, verdict};

use crate::job::read::text;
use serde_json::{Map, Value};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    pub name: Option<String>,
    /// `fileExists`, `freespaceGreater`, …
    pub kind: String,
    pub path: Option<String>,
    pub value: Option<String>,
    pub on_failure: Return,
}

/// What a check that fails means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Return {
    #[default]
    Error,
    Skip,
    StartNow,
    Warning,
    Info,
    Ignore,
}

impl Check {
    pub fn read(check: &Map<String, Value>) -> Self {
        Self {
            name: text(check, "name"),
            kind: text(check, "type").unwrap_or_default(),
            path: text(check, "path"),
            value: text(check, "value"),
            on_failure: Return::of(text(check, "return").as_deref().unwrap_or_default()),
        }
    }

    /// What the server's operator calls it.
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(if self.kind.is_empty() { "unsupported" } else { &self.kind })
    }
}

impl Return {
    /// In the words of the protocol.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "ko",
            Self::Skip => "skip",
            Self::StartNow => "startnow",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Ignore => "ignore",
        }
    }

    /// `error`, `ko`, `abort` and all that is none stop.
    fn of(word: &str) -> Self {
        match word {
            "skip" => Self::Skip,
            "startnow" => Self::StartNow,
            "warning" => Self::Warning,
            "info" => Self::Info,
            "ignore" => Self::Ignore,
            _ => Self::Error,
        }
    }
}

#[cfg(test)]
mod tests;
