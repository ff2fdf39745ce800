//! `airlock:net/probe`.

use crate::bindings::probe::{Host, Neighbour};
use crate::state::State;
use airlock_gate::CallError;

impl Host for State {
    async fn reach(&mut self, address: String) -> Result<Option<Neighbour>, CallError> {
        let found = self.gate.reach(&address).await?;
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
