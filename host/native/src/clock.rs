//! The time, as the observed machine's zone has it.

use airlock_facts::Machine;
use airlock_gate::CallError;
use airlock_gate::calls::Moment;
use airlock_gate::ports::Clock;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

pub struct MachineClock(pub Arc<Machine>);

impl Clock for MachineClock {
    fn now(&self) -> Moment {
        // A clock before 1970 is a clock that was never set.
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let local = i64::try_from(seconds).ok().and_then(|s| self.0.local_time(s)).unwrap_or_default();
        Moment { seconds, local }
    }

    fn random(&self, length: u32) -> Result<Vec<u8>, CallError> {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        getrandom::fill(&mut bytes).map_err(|error| CallError::Failed(format!("no randomness: {error}")))?;
        Ok(bytes)
    }
}
