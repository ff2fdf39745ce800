//! Commands of the mocked machine: what the file says that they do.

use super::Mock;
use super::describe;
use crate::calls::Outcome;
use crate::ports::{Answer, Process};
use crate::{CallError, Command};

impl Process for Mock {
    fn run<'a>(&'a self, command: &'a Command) -> Answer<'a, Outcome> {
        Box::pin(async move {
            for word in &command.paths {
                self.is_under(&word.path, &word.root, word.exists)?;
            }
            let fits = |p: &&describe::Process| {
                p.program == command.program && p.argv.as_ref().is_none_or(|argv| *argv == command.argv)
            };
            let outcomes: Vec<&describe::Process> = self.about.process.iter().filter(fits).collect();
            let line = std::iter::once(&command.program).chain(&command.argv).cloned().collect::<Vec<_>>().join(" ");
            let turn = self.turn(&format!("run {line}"), outcomes.len());
            let Some(outcome) = outcomes.get(turn) else {
                return Err(CallError::Failed(format!("the mocked machine does not say what this does: {line}")));
            };
            if let Some(wanted) = &command.sha256 {
                let is = self.program(&command.program).or_else(|| outcome.sha256.clone());
                if is.as_ref().is_none_or(|is| !is.eq_ignore_ascii_case(wanted)) {
                    return Err(CallError::Failed(format!("{} is not the program that was meant", command.program)));
                }
            }
            self.changed(format!("ran {line}"));
            if outcome.delay_seconds > command.wall_seconds {
                self.wait(command.wall_seconds);
                return Err(CallError::Timeout);
            }
            self.wait(outcome.delay_seconds);
            let most = usize::try_from(command.output_kb.saturating_mul(1024)).unwrap_or(usize::MAX);
            // The last bytes of each stream.
            let last = |text: &str| text.as_bytes().get(text.len().saturating_sub(most)..).unwrap_or_default().to_vec();
            let exit_code = (!outcome.killed).then_some(outcome.exit_code);
            Ok(Outcome { exit_code, stdout: last(&outcome.stdout), stderr: last(&outcome.stderr) })
        })
    }
}
