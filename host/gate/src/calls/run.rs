//! The run itself: its log, its progress, its report, its clock. Every task has these, whatever else it is granted.

use super::facts::row_size;
use crate::call::{Effect, HostCall, Subject};
use crate::{CallError, Native};
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

/// A moment: seconds since 1970, and the same as local time, `YYYY-MM-DD hh:mm:ss`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub seconds: u64,
    pub local: String,
}

impl HostCall for Log {
    type Reply = ();
    const CAPABILITY: &'static str = "run.log";
    const EFFECT: Effect = Effect::Run;

    fn subject(&self) -> Result<Subject, CallError> {
        Ok(Subject::Run)
    }

    fn size(&self) -> u64 {
        self.message.len() as u64
    }

    async fn run(self, native: &Native) -> Result<(), CallError> {
        native.report.log(self.level, &self.message);
        Ok(())
    }
}

impl HostCall for Progress {
    type Reply = ();
    const CAPABILITY: &'static str = "run.progress";
    const EFFECT: Effect = Effect::Run;

    fn subject(&self) -> Result<Subject, CallError> {
        Ok(Subject::Run)
    }

    async fn run(self, native: &Native) -> Result<(), CallError> {
        native.report.progress(self.done, self.total)
    }
}

impl HostCall for Emit {
    type Reply = ();
    const CAPABILITY: &'static str = "run.emit";
    const EFFECT: Effect = Effect::Run;

    fn subject(&self) -> Result<Subject, CallError> {
        Ok(Subject::Run)
    }

    fn size(&self) -> u64 {
        self.rows.iter().map(row_size).sum()
    }

    async fn run(self, native: &Native) -> Result<(), CallError> {
        let Some(section) = schema::section(&self.section) else {
            return Err(CallError::Invalid(format!("no section is named {:?}", self.section)));
        };
        native.report.emit(section, self.rows);
        Ok(())
    }
}

impl HostCall for Now {
    type Reply = Moment;
    const CAPABILITY: &'static str = "run.now";
    const EFFECT: Effect = Effect::Run;

    fn subject(&self) -> Result<Subject, CallError> {
        Ok(Subject::Run)
    }

    async fn run(self, native: &Native) -> Result<Moment, CallError> {
        Ok(native.clock.now())
    }
}
