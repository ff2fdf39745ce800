//! A free command line of a job, and a component that runs in its place.

use super::file::one_name;
use crate::call::HostCall;
use crate::{Ask, CallError, Effect, Native, Scope, Verb};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest command line, in bytes.
const LONGEST: usize = 4096;
/// Arguments of a component.
const MOST_ARGUMENTS: usize = 64;

/// A command as the policy has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    pub template: String,
    pub args: BTreeMap<String, String>,
}

/// Which command of the policy is meant by a free command line. The gate has looked; the policy decides on what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployRecognise {
    pub line: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Recognised>,
}

/// Runs a component that is in the job's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployRun {
    pub name: String,
    pub arguments: Vec<String>,
}

impl HostCall for DeployRecognise {
    type Reply = Recognised;
    const NAME: &'static str = "deploy.recognise";
    const ONLY_LOOKS: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        if self.line.len() > LONGEST {
            return Err(CallError::Invalid(format!("a command line of {} bytes; at most {LONGEST}", self.line.len())));
        }
        let (template, args) = self.found.clone().map(|found| (found.template, found.args)).unzip();
        Ok(Ask { template, args, ..Ask::new(Verb::ExecTemplate) })
    }

    /// It only says what would be run.
    fn effect(&self, _ask: &Ask) -> Effect {
        Effect::Read
    }

    fn size(&self) -> u64 {
        self.line.len() as u64
    }

    /// The owner wants to know what it was that was not run.
    fn detail(&self) -> Option<String> {
        Some(format!("free command {}", airlock_model::short_line(&self.line, 200)))
    }

    async fn run(self, _native: &Native, _scope: &Scope) -> Result<Recognised, CallError> {
        self.found.ok_or(CallError::NotFound)
    }
}

impl HostCall for DeployRun {
    type Reply = String;
    const NAME: &'static str = "deploy.run-component";

    fn ask(&self) -> Result<Ask, CallError> {
        one_name(&self.name)?;
        let (count, bytes) = (self.arguments.len(), self.arguments.iter().map(String::len).sum::<usize>());
        if count > MOST_ARGUMENTS || bytes > LONGEST {
            return Err(CallError::Invalid(format!(
                "{count} arguments of {bytes} bytes; at most {MOST_ARGUMENTS} of {LONGEST}"
            )));
        }
        Ok(Ask::run())
    }

    fn size(&self) -> u64 {
        self.arguments.iter().map(|argument| argument.len() as u64).sum()
    }

    fn reply_size(reply: &String) -> u64 {
        reply.len() as u64
    }

    fn planned(&self) -> Option<String> {
        Some(String::new())
    }

    fn intent(&self, _scope: &Scope) -> String {
        format!("run the component {} under its signer's grants", self.name)
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<String, CallError> {
        native.deploy.run_component(&self.name, &self.arguments).await
    }
}
