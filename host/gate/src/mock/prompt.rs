//! Who sits at the mocked machine: what they press, one question after the other.

use super::Mock;
use crate::calls::{Pressed, Shown};
use crate::ports::{Answer, Prompt};

/// In the mock's file: `press = ["yes", "timeout"]`, the last one for ever; without it nobody is there.
impl Prompt for Mock {
    fn ask<'a>(&'a self, question: &'a Shown) -> Answer<'a, Pressed> {
        Box::pin(async move {
            let Some(pressed) = &self.about.press else { return Ok(Pressed::NoOneThere) };
            self.changed(format!("asked {:?} ({})", question.title, question.buttons.join(", ")));
            Ok(match pressed.get(self.turn("prompt", pressed.len())).map(String::as_str) {
                _ if question.timeout_seconds == 0 => Pressed::Timeout,
                None | Some("no-one-there") => Pressed::NoOneThere,
                Some("timeout") => {
                    self.wait(question.timeout_seconds.into());
                    Pressed::Timeout
                }
                Some(button) => Pressed::Button(button.to_owned()),
            })
        })
    }
}
