//! `airlock:task/status`.

use crate::bindings::status::{Host, Line, Step};
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::{self, StatusLine};

impl Host for State {
    async fn tell(&mut self, line: Line) -> Result<(), CallError> {
        let Line { step, status, message, file, action, check } = line;
        let line = StatusLine { step: step.map(step_from_wit), status, message, file, action, check };
        self.gate.call(calls::Tell { line }).await
    }

    async fn answer(&mut self, fields: Vec<(String, String)>) -> Result<(), CallError> {
        self.gate.call(calls::Answer { fields }).await
    }

    async fn asked(&mut self, kind: String, behavior: String, event: String, user: String) -> Result<(), CallError> {
        self.gate.call(calls::Asked { kind, behavior, event, user }).await
    }
}

fn step_from_wit(step: Step) -> calls::Step {
    match step {
        Step::Checking => calls::Step::Checking,
        Step::Downloading => calls::Step::Downloading,
        Step::Prepare => calls::Step::Prepare,
        Step::Processing => calls::Step::Processing,
    }
}
