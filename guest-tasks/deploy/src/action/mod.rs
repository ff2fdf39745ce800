//! What a job does: each action with what the server is told of it.

mod command;
mod files;
mod own;
mod returned;

use crate::job::{Action, Work};
use crate::machine::Machine;
use crate::report::Report;
use crate::trouble::{Break, Trouble};
use airlock_task::Denial;

/// What became of an action.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// What the server is told of it, line by line.
    pub(crate) lines: Vec<String>,
    pub(crate) failed: bool,
    pub(crate) denied: Option<Denial>,
}

impl Outcome {
    fn failure(words: String) -> Self {
        Self { lines: vec![words], failed: true, denied: None }
    }

    fn add(&mut self, trouble: Trouble) {
        self.lines.push(trouble.words);
        self.failed = true;
        self.denied = self.denied.take().or(trouble.denied);
    }
}

pub(crate) fn run<M: Machine>(report: &mut Report<'_, M>, action: &Action) -> Result<Outcome, Break> {
    let machine = &mut *report.machine;
    match &action.work {
        Work::Command { exec: None, .. } => Ok(Outcome::failure("the action has no exec".to_owned())),
        Work::Command { exec: Some(exec), lines, returned, variables } => {
            command::run(machine, &command::Wanted { exec, lines: *lines, returned: returned.as_deref(), variables })
        }
        Work::Copy { from, to } => files::bring(machine, "copy", from.as_deref(), to.as_deref()),
        Work::Move { from, to } => files::bring(machine, "move", from.as_deref(), to.as_deref()),
        Work::Make { list } => files::make(machine, list),
        Work::Delete { list } => files::delete(machine, list),
    }
}

#[cfg(test)]
mod tests;
