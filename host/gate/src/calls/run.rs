//! The run itself: its log, its progress, its report, its clock. Every task has these, whatever else it is granted.

use super::facts::row_size;
use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope};
use airlock_model::{Row, schema};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// A line for the host's log. What is over the allowance is counted and dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    pub level: Level,
    pub message: String,
}

/// How far the task has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub done: u32,
    pub total: u32,
}

/// Rows for the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Emit {
    pub section: String,
    pub rows: Vec<Row>,
}

/// What time it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Now {}

/// Bytes that nobody can guess; recorded and replayed like every other answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Random {
    pub length: u32,
}

/// Bytes of one call for randomness: keys and names need no more.
const MOST_RANDOM: u32 = 4096;

/// A moment: seconds since 1970, and the same as local time, `YYYY-MM-DD hh:mm:ss`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub seconds: u64,
    pub local: String,
}

impl HostCall for Log {
    type Reply = ();
    const NAME: &'static str = "run.log";
    const RECORDED: bool = false;

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    fn size(&self) -> u64 {
        self.message.len() as u64
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        native.report.log(self.level, &self.message);
        Ok(())
    }
}

impl HostCall for Progress {
    type Reply = ();
    const NAME: &'static str = "run.progress";
    const RECORDED: bool = false;

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        native.report.progress(self.done, self.total)
    }
}

impl HostCall for Emit {
    type Reply = ();
    const NAME: &'static str = "run.emit";
    const RECORDED: bool = false;

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    fn size(&self) -> u64 {
        self.rows.iter().map(row_size).sum()
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        let Some(section) = schema::section(&self.section) else {
            return Err(CallError::Invalid(format!("no section is named {:?}", self.section)));
        };
        native.report.emit(section, self.rows);
        Ok(())
    }
}

impl HostCall for Now {
    type Reply = Moment;
    const NAME: &'static str = "run.now";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Moment, CallError> {
        Ok(native.clock.now())
    }
}

impl HostCall for Random {
    type Reply = super::Bytes;
    const NAME: &'static str = "run.random";

    fn ask(&self) -> Result<Ask, CallError> {
        if self.length > MOST_RANDOM {
            return Err(CallError::Invalid(format!("{} random bytes; at most {MOST_RANDOM} at once", self.length)));
        }
        Ok(Ask::run())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<super::Bytes, CallError> {
        native.clock.random(self.length).map(super::Bytes)
    }
}
