//! What a run leaves behind: its report, and its words in our log.

use airlock_gate::CallError;
use airlock_gate::calls::{Asked, Level, StatusLine, Telling, Told};
use airlock_gate::ports::Reporter;
use airlock_gate::redact::without_secrets;
use airlock_model::{Report, Row, Section};
use std::sync::{Mutex, PoisonError};

/// Of a line of a task's log, in bytes.
const LONGEST: usize = 4096;

/// Whoever watches a run.
pub trait Watch: Send + Sync {
    /// `done` of `total` steps; false ends the run.
    fn progress(&self, done: u32, total: u32) -> bool;
}

/// Nobody watches.
impl Watch for () {
    fn progress(&self, _done: u32, _total: u32) -> bool {
        true
    }
}

/// Keeps the report of one run.
pub struct Collected {
    report: Mutex<Report>,
    telling: Telling,
    watch: Box<dyn Watch>,
}

impl Collected {
    pub fn new(watch: Box<dyn Watch>) -> Self {
        Self { report: Mutex::default(), telling: Telling::default(), watch }
    }

    /// The report so far; what is emitted later goes to a new one.
    pub fn take(&self) -> Report {
        std::mem::take(&mut *self.report.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the run would tell a server: here it is kept for whoever runs it.
    pub fn told(&self) -> Told {
        self.telling.told()
    }
}

impl Reporter for Collected {
    fn emit(&self, section: &'static Section, rows: Vec<Row>) {
        let notes = self.report.lock().unwrap_or_else(PoisonError::into_inner).emit(section, rows);
        for note in notes {
            tracing::warn!("left out of the report: {note}");
        }
    }

    fn log(&self, level: Level, message: &str) {
        // A task's text could play tricks on a terminal, fill a disk, or hold what it was given.
        let message = airlock_model::short_line(&without_secrets(message), LONGEST);
        match level {
            Level::Debug => tracing::debug!("task: {message}"),
            Level::Info => tracing::info!("task: {message}"),
            Level::Warn => tracing::warn!("task: {message}"),
            Level::Error => tracing::error!("task: {message}"),
        }
    }

    fn progress(&self, done: u32, total: u32) -> Result<(), CallError> {
        if self.watch.progress(done, total) { Ok(()) } else { Err(CallError::Cancelled) }
    }

    fn tell(&self, line: StatusLine) -> Result<(), CallError> {
        self.telling.tell(line)
    }

    fn answer(&self, fields: Vec<(String, String)>) -> Result<(), CallError> {
        self.telling.answer(fields)
    }

    fn asked(&self, asked: Asked) -> Result<(), CallError> {
        self.telling.asked(asked)
    }
}
