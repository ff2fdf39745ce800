//! The interfaces of `wit/`, each function a call through the gate and nothing else.

mod facts;
mod run;

use crate::bindings::types;
use crate::convert;
use crate::state::State;
use airlock_gate::CallError;

impl types::Host for State {
    fn convert_error(&mut self, error: CallError) -> wasmtime::Result<types::Error> {
        Ok(convert::error_to_wit(error)?)
    }
}
