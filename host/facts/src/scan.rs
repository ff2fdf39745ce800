//! One collector at work: what it reads through, and what it has found.

use crate::command::{CommandError, Output};
use crate::{Machine, Roots};
use airlock_model::Row;
use std::fmt::Display;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// More than any tool prints about one machine, but for lists of packages.
const OUTPUT: usize = 4 << 20;

/// Rows as they are found, and what could not be read. Shared by the collector and whoever waits for it.
#[derive(Debug, Clone)]
pub struct Findings {
    inner: Arc<Mutex<Found>>,
    deadline: Instant,
    /// Set by whoever waits when there is a reason to end before the deadline.
    stopped: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Found {
    rows: Vec<Row>,
    /// Where each row comes from, where its collector says so; only kept when somebody wants to know.
    origins: Option<Vec<Option<String>>>,
    missing: Vec<String>,
    /// Files that only root may read, gathered into one line.
    root_only: Vec<String>,
}

impl Findings {
    pub fn new(deadline: Instant) -> Self {
        Self { inner: Arc::default(), deadline, stopped: Arc::default() }
    }

    /// The same, for somebody who wants to know where each row comes from.
    pub fn explaining(deadline: Instant) -> Self {
        let findings = Self::new(deadline);
        findings.lock().origins = Some(Vec::new());
        findings
    }

    /// Where the rows come from, one each, where their collector says so. To be asked before [`Findings::take`].
    pub fn origins(&self) -> Vec<Option<String>> {
        self.lock().origins.clone().unwrap_or_default()
    }

    /// Tells the collector that its time is up.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// What was found so far: the rows, and what is missing from them, in words for people.
    pub fn take(&self) -> (Vec<Row>, Vec<String>) {
        let mut found = self.lock();
        let rows = std::mem::take(&mut found.rows);
        let mut missing = std::mem::take(&mut found.missing);
        let root_only = std::mem::take(&mut found.root_only);
        if !root_only.is_empty() {
            missing.push(format!("not readable for this user: {}", root_only.join(", ")));
        }
        (rows, missing)
    }

    fn lock(&self) -> MutexGuard<'_, Found> {
        // A collector that panicked leaves whole rows behind: each is pushed at once.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a collector is handed: the machine, and where its findings go.
pub struct Scan<'a> {
    pub machine: &'a Machine,
    findings: &'a Findings,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(machine: &'a Machine, findings: &'a Findings) -> Self {
        Self { machine, findings }
    }

    pub fn roots(&self) -> &'a Roots {
        self.machine.roots()
    }

    /// Adds a row, unless it is empty.
    pub fn row(&self, row: Row) {
        self.add(row, || None);
    }

    /// The same, and says where the row comes from: the kernel's folder, the table and the place in it.
    pub fn row_from(&self, row: Row, origin: impl FnOnce() -> String) {
        self.add(row, || Some(origin()));
    }

    fn add(&self, row: Row, origin: impl FnOnce() -> Option<String>) {
        if row.is_empty() {
            return;
        }
        let mut found = self.findings.lock();
        if let Some(origins) = &mut found.origins {
            origins.push(origin());
        }
        found.rows.push(row);
    }

    /// Says what could not be read.
    pub fn missing(&self, what: impl Display) {
        self.findings.lock().missing.push(what.to_string());
    }

    /// True when the time is up: a loop over many things says what it leaves out and ends.
    pub fn expired(&self) -> bool {
        self.findings.stopped.load(Ordering::Relaxed) || Instant::now() >= self.findings.deadline
    }

    pub fn deadline(&self) -> Instant {
        self.findings.deadline
    }

    /// Whether the machine has a tool: asked before a section's other sources are weighed.
    pub fn has_tool(&self, name: &str) -> bool {
        self.machine.commands().has(name)
    }

    /// Runs a tool of the machine until the collector's deadline; `limit` is what its output may have, in bytes.
    pub fn run(&self, tool: &str, arguments: &[&str], limit: usize) -> Result<Output, CommandError> {
        self.machine.commands().run(tool, arguments, self.deadline(), limit)
    }

    /// What a tool prints; none when the machine does not have it. One that fails is said, with its own first words, and
    /// what it printed before that is lost: half a table must not look like a whole one.
    pub fn output(&self, tool: &str, arguments: &[&str]) -> Option<String> {
        match self.run(tool, arguments, OUTPUT) {
            Ok(output) if output.code == 0 => Some(output.text()),
            Ok(output) => {
                self.missing(format_args!("{tool} ended with {}: {}", output.code, output.first_complaint()));
                None
            }
            Err(CommandError::NotFound(_)) => None,
            Err(error) => {
                self.missing(error);
                None
            }
        }
    }

    /// A small text file or kernel attribute, trimmed; none when it is absent, empty or has nothing to say (drivers
    /// answer EINVAL and the like). One that this user may not read is said.
    pub fn attr(&self, path: impl AsRef<Path>) -> Option<String> {
        let path = path.as_ref();
        match self.roots().text(path) {
            Ok(text) => {
                let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
                (!text.is_empty()).then(|| text.to_owned())
            }
            Err(error) => {
                self.unreadable(path, error.kind());
                None
            }
        }
    }

    /// A whole text file; none when it is absent. One that is there and cannot be read is said.
    pub fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        let path = path.as_ref();
        match self.roots().text(path) {
            Ok(text) => Some(text),
            Err(error) => {
                if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) {
                    self.missing(format_args!("{}: {error}", path.display()));
                }
                self.unreadable(path, error.kind());
                None
            }
        }
    }

    /// Opens a long file that is read in pieces; none when it is absent. One that is there and cannot be opened is said.
    pub(crate) fn open(&self, path: impl AsRef<Path>) -> Option<File> {
        let path = path.as_ref();
        if self.roots().recorder().is_some() {
            // Kept whole.
            drop(self.text(path));
        }
        match self.roots().open(path) {
            Ok(file) => Some(file),
            Err(error) => {
                if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) {
                    self.missing(format_args!("{}: {error}", path.display()));
                }
                self.unreadable(path, error.kind());
                None
            }
        }
    }

    /// The names in a folder, sorted; none when it is absent.
    pub fn names(&self, folder: impl AsRef<Path>) -> Vec<String> {
        let folder = folder.as_ref();
        self.roots().names(folder).unwrap_or_else(|error| {
            self.unreadable(folder, error.kind());
            Vec::new()
        })
    }

    fn unreadable(&self, path: &Path, kind: ErrorKind) {
        if kind == ErrorKind::PermissionDenied {
            self.findings.lock().root_only.push(path.display().to_string());
        }
    }
}
