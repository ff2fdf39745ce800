//! A job's journal while the job runs: the task adds what its server is to be told, the gate notes the first change of the
//! machine, and beside them the session with the server takes off what has arrived there.

use airlock_gate::calls::{Asked, Level, MOST_TOLD, StatusLine};
use airlock_gate::guards::Changes;
use airlock_gate::ports::Reporter;
use airlock_gate::redact::without_secrets;
use airlock_gate::{Ask, CallError, Spent};
use airlock_model::{Row, Section};
use airlock_native::{Collected, JobJournal, Word};
use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One job's journal, for all who have to do with the job.
pub(crate) struct JobLog(Mutex<JobJournal>);

impl JobLog {
    pub(crate) fn new(journal: JobJournal) -> Self {
        Self(Mutex::new(journal))
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut JobJournal) -> T) -> T {
        work(&mut self.lock())
    }

    /// Has a line for the server, without any secret that this program knows.
    pub(crate) fn tell(&self, line: StatusLine) -> io::Result<()> {
        let message = without_secrets(&line.message).into_owned();
        self.lock().word(Word::Line(StatusLine { message, ..line }))
    }

    fn lock(&self) -> MutexGuard<'_, JobJournal> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Changes for JobLog {
    fn about_to(&self, call: &'static str, _ask: &Ask) -> Result<(), String> {
        self.lock().change(call).map_err(|error| format!("the job's journal cannot be written: {error}"))
    }
}

/// What a deployment's run leaves behind.
pub(crate) struct Teller {
    log: Arc<JobLog>,
    collected: Collected,
    /// Whoever talks to the server is told that there is something to say.
    wake: Sender<()>,
    /// Words that the journal had before this run.
    before: usize,
}

impl Teller {
    pub(crate) fn new(log: Arc<JobLog>, wake: Sender<()>) -> Self {
        let before = log.with(|journal| journal.state.words.len());
        Self { log, collected: Collected::new(Box::new(())), wake, before }
    }

    fn word(&self, tell: impl FnOnce(&JobLog) -> io::Result<()>) -> Result<(), CallError> {
        let told = self.log.with(|journal| journal.state.words.len()).saturating_sub(self.before);
        if told >= MOST_TOLD {
            return Err(CallError::Exhausted(Spent::Calls));
        }
        tell(&self.log).map_err(|error| CallError::Failed(format!("the job's journal cannot be written: {error}")))?;
        // Nobody listens any more: it is told at the next contact.
        let _ = self.wake.send(());
        Ok(())
    }
}

impl Reporter for Teller {
    fn emit(&self, section: &'static Section, rows: Vec<Row>) {
        self.collected.emit(section, rows);
    }

    fn log(&self, level: Level, message: &str) {
        self.collected.log(level, message);
    }

    fn progress(&self, done: u32, total: u32) -> Result<(), CallError> {
        self.collected.progress(done, total)
    }

    fn tell(&self, line: StatusLine) -> Result<(), CallError> {
        self.word(|log| log.tell(line))
    }

    fn asked(&self, asked: Asked) -> Result<(), CallError> {
        self.word(|log| log.with(|journal| journal.word(Word::Asked(asked))))
    }
}
