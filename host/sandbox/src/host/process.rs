//! `airlock:process/process`.

use crate::bindings::process::{Argument, Host, Outcome};
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::ProcessRun;

impl Host for State {
    async fn run(&mut self, template: String, arguments: Vec<Argument>) -> Result<Outcome, CallError> {
        let call = ProcessRun::new(template, arguments.into_iter().map(|argument| (argument.name, argument.value)));
        let outcome = self.gate.call(call).await?;
        Ok(Outcome { exit_code: outcome.exit_code, stdout: outcome.stdout, stderr: outcome.stderr })
    }
}
