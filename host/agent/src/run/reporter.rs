//! What a run leaves behind, kept without a word: for runs beside each other, whose lines would mix.

use airlock_gate::CallError;
use airlock_gate::calls::{Asked, Level, StatusLine, Telling, Told};
use airlock_gate::ports::Reporter;
use airlock_model::{Report, Row, Section};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub(crate) struct Kept(Mutex<Left>, Telling);

#[derive(Default)]
struct Left {
    report: Report,
    lines: Vec<String>,
}

impl Kept {
    pub(crate) fn report(&self) -> Report {
        std::mem::take(&mut self.lock().report)
    }

    /// What the task logged, and what was left out of its report.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    /// What the task told its server.
    pub(crate) fn told(&self) -> Told {
        self.1.told()
    }

    fn lock(&self) -> MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reporter for Kept {
    fn emit(&self, section: &'static Section, rows: Vec<Row>) {
        let mut left = self.lock();
        let notes = left.report.emit(section, rows);
        left.lines.extend(notes.into_iter().map(|note| format!("left out of the report: {note}")));
    }

    fn log(&self, level: Level, message: &str) {
        self.lock().lines.push(format!("{}: {message}", format!("{level:?}").to_lowercase()));
    }

    fn progress(&self, _done: u32, _total: u32) -> Result<(), CallError> {
        Ok(())
    }

    fn tell(&self, line: StatusLine) -> Result<(), CallError> {
        self.1.tell(line)
    }

    fn answer(&self, fields: Vec<(String, String)>) -> Result<(), CallError> {
        self.1.answer(fields)
    }

    fn asked(&self, asked: Asked) -> Result<(), CallError> {
        self.1.asked(asked)
    }
}
