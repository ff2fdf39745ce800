//! `airlock:net/wake`.

use crate::bindings::wake::Host;
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::WakeSend;

impl Host for State {
    async fn wake(&mut self, mac: String) -> Result<String, CallError> {
        self.gate.call(WakeSend { mac }).await
    }
}
