//! Why a call was not answered, in the words that a task gets.

use crate::Code;
use serde::{Deserialize, Serialize};

/// What a task is told of a refusal. The rule itself stays here: a refusal must not be an oracle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// The record of the audit log that says why.
    pub audit: u64,
    pub capability: String,
    pub reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    NotGranted,
    /// By a rule, or by a person who was asked.
    Forbidden,
    OutsideWindow,
    /// It waits for a person here: the same job may be run again later.
    NotApproved,
}

/// Which allowance is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spent {
    Calls,
    Bytes,
    Rate,
    Time,
    Handles,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CallError {
    #[error("{} refused by this machine's policy (audit {})", .0.capability, .0.audit)]
    Denied(Denial),
    #[error("this run's allowance of {} is spent", match .0 { Spent::Calls => "host calls", Spent::Bytes => "bytes", Spent::Rate => "calls a second", Spent::Time => "time", Spent::Handles => "open resources" })]
    Exhausted(Spent),
    /// The task was told that an allowance is spent and went on calling: its run ends here.
    #[error("stopped: {calls} host calls, of which {refused} after the allowance was spent")]
    Overrun { calls: u64, refused: u64 },
    /// What answers a call found that it would touch what is never touched. A gate turns this into a denial with its
    /// record; no task ever sees it.
    #[error("{}", .0.meaning())]
    Refused(Code),
    /// What answers a call found that what the task brought itself is refused for what it is. A gate makes a record with
    /// the code, and the task is told why: it is about nothing but what it brought.
    #[error("{why}")]
    Unfit { code: Code, why: String },
    #[error("the run is being stopped")]
    Cancelled,
    #[error("this host cannot do that")]
    Unsupported,
    #[error("{0}")]
    Invalid(String),
    #[error("not found")]
    NotFound,
    #[error("took longer than it may")]
    Timeout,
    #[error("{0}")]
    Failed(String),
}
