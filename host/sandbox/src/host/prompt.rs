//! `airlock:deploy/prompt`.

use crate::bindings::prompt::{Answer, Host};
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::{Pressed, PromptAsk};

impl Host for State {
    async fn ask(
        &mut self,
        title: String,
        text: String,
        buttons: String,
        icon: String,
        timeout_seconds: u32,
    ) -> Result<Answer, CallError> {
        Ok(match self.gate.call(PromptAsk { title, text, buttons, icon, timeout_seconds }).await? {
            Pressed::Button(button) => Answer::Pressed(button),
            Pressed::Timeout => Answer::Timeout,
            Pressed::NoOneThere => Answer::NoOneThere,
        })
    }
}
