//! The interfaces of `wit/`, each function a call through the gate and nothing else.

mod collect;
mod deploy;
mod facts;
mod files;
mod http;
mod probe;
mod process;
mod prompt;
mod run;
mod snmp;
mod status;
mod sysobject;
mod wake;

use crate::bindings::types;
use crate::convert;
use crate::state::State;
use airlock_gate::CallError;

#[allow(unreachable_pub, reason = "the generated code re-exports it")]
pub use snmp::Session;

impl types::Host for State {
    fn convert_error(&mut self, error: CallError) -> wasmtime::Result<types::Error> {
        Ok(convert::error_to_wit(error)?)
    }
}
