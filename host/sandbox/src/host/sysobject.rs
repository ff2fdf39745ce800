//! `airlock:snmp/sysobject`.

use crate::bindings::sysobject::{Entry, Host};
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::SysobjectFind;

impl Host for State {
    async fn find(&mut self, id: String) -> Result<Option<Entry>, CallError> {
        let found = self.gate.call(SysobjectFind { id }).await?;
        Ok(found.map(|entry| Entry {
            vendor: entry.vendor,
            kind: entry.kind,
            model: entry.model,
            module: entry.module,
        }))
    }
}
