//! `airlock:net/probe`.

use crate::bindings::probe::{Host, Neighbour};
use crate::expected::Expected;
use crate::state::State;
use airlock_gate::CallError;
use std::sync::Arc;

impl Host for State {
    async fn expect(&mut self, address: String) -> Result<(), CallError> {
        // Of several only the last: a task has one address, or asks for each in its turn.
        self.expected = Some(Expected::begin(Arc::clone(&self.gate), address).await);
        Ok(())
    }

    async fn reach(&mut self, address: String) -> Result<Option<Neighbour>, CallError> {
        let found = match self.expected.take_if(|expected| expected.is_of(&address)) {
            Some(expected) => expected.answer().await?,
            None => self.gate.reach(&address).await?,
        };
        Ok(found.map(|found| Neighbour {
            mac: found.mac,
            dns_name: found.dns_name,
            answers_echo: found.answers_echo,
            answers_timestamp: found.answers_timestamp,
            netbios_name: found.netbios_name,
            workgroup: found.workgroup,
            user_session: found.user_session,
        }))
    }

    async fn unavailable(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(self.gate.unavailable_methods().await?)
    }
}
