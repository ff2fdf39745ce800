//! `airlock:task/run`.

use crate::bindings::run::{Host, Level, Moment};
use crate::bindings::types::Table;
use crate::convert::rows_from_wit;
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls;

impl Host for State {
    async fn log(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            Level::Debug => calls::Level::Debug,
            Level::Info => calls::Level::Info,
            Level::Warn => calls::Level::Warn,
            Level::Error => calls::Level::Error,
        };
        Ok(self.gate.log(calls::Log { level, message }).await?)
    }

    async fn progress(&mut self, done: u32, total: u32) -> Result<(), CallError> {
        self.gate.call(calls::Progress { done, total }).await
    }

    async fn emit(&mut self, section: String, rows: Table) -> Result<(), CallError> {
        let rows = rows_from_wit(&section, rows)?;
        self.gate.call(calls::Emit { section, rows }).await
    }

    async fn now(&mut self) -> Result<Moment, CallError> {
        let moment = self.gate.call(calls::Now {}).await?;
        Ok(Moment { seconds: moment.seconds, local: moment.local })
    }

    async fn random(&mut self, length: u32) -> Result<Vec<u8>, CallError> {
        Ok(self.gate.call(calls::Random { length }).await?.0)
    }
}
