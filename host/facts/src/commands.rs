//! Who answers commands: this machine's own tools, or what a capture recorded of them.

use crate::Roots;
use crate::command::{Command, CommandError, Output};
use crate::recorder::Recorder;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Instant;

/// In a captured folder: what tools printed, one JSON object a line.
pub(crate) const RECORDED: &str = "/.airlock/commands.jsonl";

/// The tools of a machine. A tool is a name, looked for in the system's own folders; there is no shell.
#[derive(Debug, Clone)]
pub struct Commands(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Live,
    Recording(Arc<Recorder>),
    Recorded(Arc<Vec<Recorded>>),
}

/// One command and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// The tool's name and its arguments.
    pub(crate) argv: Vec<String>,
    #[serde(default)]
    pub(crate) code: i32,
    #[serde(default)]
    pub(crate) stdout: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) complaint: String,
}

impl Commands {
    /// The tools of this machine.
    pub fn live() -> Self {
        Self(Kind::Live)
    }

    /// The tools of this machine; what they print is kept.
    pub(crate) fn recording(recorder: Arc<Recorder>) -> Self {
        Self(Kind::Recording(recorder))
    }

    /// Tools that print what is given for their name and arguments.
    pub fn scripted(answers: impl IntoIterator<Item = (Vec<String>, Vec<u8>)>) -> Self {
        let recorded = answers.into_iter().map(|(argv, stdout)| Recorded {
            argv,
            code: 0,
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            complaint: String::new(),
        });
        Self(Kind::Recorded(Arc::new(recorded.collect())))
    }

    /// The tools of a captured machine; lines that are none are left out.
    pub(crate) fn captured(roots: &Roots) -> Self {
        let text = roots.text(RECORDED).unwrap_or_default();
        Self(Kind::Recorded(Arc::new(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())))
    }

    /// Whether the machine has a tool that may be run.
    pub fn has(&self, tool: &str) -> bool {
        match &self.0 {
            Kind::Live | Kind::Recording(_) => Command::find(tool).is_ok(),
            Kind::Recorded(list) => list.iter().any(|one| one.argv.first().is_some_and(|name| name == tool)),
        }
    }

    /// Runs a tool until it ends, the deadline comes or it has written more than `limit` bytes.
    pub fn run(&self, tool: &str, arguments: &[&str], deadline: Instant, limit: usize) -> Result<Output, CommandError> {
        let list = match &self.0 {
            Kind::Live => return Command::find(tool)?.args(arguments).run(deadline, limit),
            Kind::Recording(recorder) => {
                let output = Command::find(tool)?.args(arguments).run(deadline, limit)?;
                recorder.command(Recorded {
                    argv: [tool].iter().chain(arguments).map(|&word| word.to_owned()).collect(),
                    code: output.code,
                    stdout: output.text(),
                    complaint: output.complaint.clone(),
                });
                return Ok(output);
            }
            Kind::Recorded(list) => list,
        };
        if !self.has(tool) {
            return Err(CommandError::NotFound(tool.to_owned()));
        }
        let same = |one: &&Recorded| {
            one.argv.get(1..).is_some_and(|rest| rest == arguments) && one.argv.first().is_some_and(|name| name == tool)
        };
        match list.iter().find(same) {
            Some(one) if one.stdout.len() > limit => Err(CommandError::TooMuch { tool: tool.to_owned(), limit }),
            Some(one) => {
                Ok(Output { stdout: one.stdout.clone().into_bytes(), code: one.code, complaint: one.complaint.clone() })
            }
            None => Err(CommandError::NotCaptured { command: format!("{tool} {}", arguments.join(" ")) }),
        }
    }
}
