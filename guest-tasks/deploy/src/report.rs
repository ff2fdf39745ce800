//! What the server is told, as the job comes to it.

use crate::machine::{Line, Machine, Step};
use crate::trouble::Break;

/// The machine that a job runs on, and how far the job is.
pub(crate) struct Report<'a, M> {
    pub(crate) machine: &'a mut M,
    pub(crate) step: Option<Step>,
    /// The number of the action, from 0.
    pub(crate) action: Option<u32>,
}

impl<'a, M: Machine> Report<'a, M> {
    pub(crate) fn new(machine: &'a mut M) -> Self {
        Self { machine, step: None, action: None }
    }

    /// It goes on.
    pub(crate) fn note(&mut self, message: &str) -> Result<(), Break> {
        self.line("", message, None, None)
    }

    pub(crate) fn say(&mut self, status: &str, message: &str) -> Result<(), Break> {
        self.line(status, message, None, None)
    }

    pub(crate) fn check(&mut self, status: &str, message: &str, check: u32) -> Result<(), Break> {
        self.line(status, message, None, Some(check))
    }

    /// About a file, by its digest.
    pub(crate) fn file(&mut self, status: &str, message: &str, sha512: &str) -> Result<(), Break> {
        self.line(status, message, Some(sha512), None)
    }

    fn line(&mut self, status: &str, message: &str, file: Option<&str>, check: Option<u32>) -> Result<(), Break> {
        let status = Some(status.to_owned()).filter(|status| !status.is_empty());
        let (message, file) = (message.to_owned(), file.map(str::to_owned));
        let line = Line { step: self.step, status, message, file, action: self.action, check };
        self.machine.tell(line).map_err(Break::Over)
    }
}
