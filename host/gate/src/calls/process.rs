//! `exec.template`: a command that the policy spells out. A task names the template and gives its arguments; the
//! program, the order of words, the folder, the user and the environment are the owner's.

use crate::call::HostCall;
use crate::calls::{Kind, Place};
use crate::{Ask, CallError, Native, Scope, Verb, Work};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Arguments of one call, and bytes of one of them: more than any template has.
const MOST: usize = 64;
const LONGEST: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessRun {
    pub template: String,
    pub args: BTreeMap<String, String>,
    /// An argument that was given more than once: which of them counts is nobody's guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twice: Option<String>,
}

impl ProcessRun {
    pub fn new(template: String, arguments: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut call = Self { template, args: BTreeMap::new(), twice: None };
        for (name, value) in arguments {
            match call.args.entry(name) {
                Entry::Vacant(gap) => drop(gap.insert(value)),
                Entry::Occupied(known) => call.twice = Some(known.key().clone()),
            }
        }
        call
    }
}

/// How a command ended, and the last bytes of its streams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// None when a signal ended it.
    pub exit_code: Option<i32>,
    #[serde(with = "super::bytes")]
    pub stdout: Vec<u8>,
    #[serde(with = "super::bytes")]
    pub stderr: Vec<u8>,
}

impl HostCall for ProcessRun {
    type Reply = Outcome;
    const NAME: &'static str = "process.run";

    fn ask(&self) -> Result<Ask, CallError> {
        if self.template.len() > LONGEST {
            return Err(CallError::Invalid(format!("a template's name of {} bytes", self.template.len())));
        }
        if let Some(name) = &self.twice {
            return Err(CallError::Invalid(format!("the argument {name:.50?} is given twice")));
        }
        if let Some((name, _)) = self.args.iter().find(|(_, value)| value.contains('\0')) {
            return Err(CallError::Invalid(format!("the argument {name:.50?} has a NUL character")));
        }
        if self.args.len() > MOST {
            return Err(CallError::Invalid(format!("{} arguments; at most {MOST}", self.args.len())));
        }
        if let Some((name, value)) = self.args.iter().find(|(name, value)| name.len() + value.len() > LONGEST) {
            return Err(CallError::Invalid(format!(
                "the argument {name:.50?} of {} bytes; at most {LONGEST}",
                value.len()
            )));
        }
        Ok(Ask { template: Some(self.template.clone()), args: Some(self.args.clone()), ..Ask::new(Verb::ExecTemplate) })
    }

    fn size(&self) -> u64 {
        self.args.iter().map(|(name, value)| (name.len() + value.len()) as u64).sum()
    }

    fn reply_size(reply: &Outcome) -> u64 {
        (reply.stdout.len() + reply.stderr.len()) as u64
    }

    fn outcome(reply: &Outcome) -> String {
        reply.exit_code.map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit code {code}"))
    }

    fn planned(&self) -> Option<Outcome> {
        Some(Outcome { exit_code: Some(0), stdout: vec![], stderr: vec![] })
    }

    fn intent(&self, scope: &Scope) -> String {
        let words = scope.command.iter().flat_map(|c| std::iter::once(&c.program).chain(&c.argv));
        let words: Vec<&str> = words.map(String::as_str).collect();
        format!("run {} (template {})", words.join(" "), self.template)
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<Outcome, CallError> {
        let command = scope.command.as_ref().ok_or_else(|| CallError::Failed("no command was granted".to_owned()))?;
        if command.work == Work::default() {
            return native.process.run(command).await;
        }
        for file in &command.work.files {
            let is = native.deploy.stat(&Place::Work(file.name.clone())).await?;
            if is.ok_or(CallError::NotFound)?.kind != Kind::File {
                return Err(CallError::Failed(format!("work:{} is no file", file.name)));
            }
        }
        let folder = native.deploy.work_folder().await?;
        native.process.run(&command.clone().placed(&folder)).await
    }
}
