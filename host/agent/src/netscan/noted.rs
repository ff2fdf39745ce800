//! What of a scan is done, as far as anybody keeps count of it: for the next run, should this one be killed.
//!
//! Whoever only looks at results when all are there (a table, a chain of scans) has not got them before: such units are noted
//! [later](Noted::later). That it cannot be noted stops no scan; it is said, once.

use airlock_native::{ScanDone, ScanJournal};

#[derive(Default)]
pub(crate) struct Noted {
    journal: Option<ScanJournal>,
    later: Vec<u64>,
}

impl Noted {
    pub(crate) fn of(journal: ScanJournal) -> Self {
        Self { journal: Some(journal), later: Vec::new() }
    }

    /// What is done already.
    pub(crate) fn done(&self) -> ScanDone {
        self.journal.as_ref().map(ScanJournal::done).unwrap_or_default()
    }

    /// A unit is done, and what came of it cannot be lost any more.
    pub(crate) fn note(&mut self, unit: u64) {
        self.with(|journal| journal.mark(unit));
    }

    /// A unit is done once [everything is shown](Self::shown).
    pub(crate) fn later(&mut self, unit: u64) {
        if self.journal.is_some() {
            self.later.push(unit);
        }
    }

    pub(crate) fn shown(&mut self) {
        std::mem::take(&mut self.later).into_iter().for_each(|unit| self.note(unit));
    }

    /// Whether whoever gets the results knows that the scan has begun.
    pub(crate) fn is_told(&self) -> bool {
        self.journal.as_ref().is_some_and(ScanJournal::is_told)
    }

    pub(crate) fn tell(&mut self) {
        self.with(ScanJournal::tell);
    }

    /// The scan is over.
    pub(crate) fn end(&mut self) -> std::io::Result<()> {
        self.journal.take().map_or(Ok(()), ScanJournal::end)
    }

    fn with(&mut self, write: impl FnOnce(&mut ScanJournal) -> std::io::Result<()>) {
        if let Some(Err(error)) = self.journal.as_mut().map(write) {
            tracing::warn!("a scan that is killed now begins anew: how far it is cannot be noted: {error}");
            self.journal = None;
        }
    }
}
