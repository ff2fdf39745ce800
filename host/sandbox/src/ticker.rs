//! The clock that running components feel: a thread that advances the engine's epoch while any component runs, and
//! sleeps while none does, so that an idle program never wakes up.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use wasmtime::EngineWeak;

/// How often running code is looked at.
pub(crate) const TICK: Duration = Duration::from_millis(10);

pub(crate) struct Ticker {
    engine: EngineWeak,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    runs: usize,
    thread: bool,
}

/// While it lives, time passes for components.
pub(crate) struct Running(Arc<Ticker>);

impl Ticker {
    pub(crate) fn new(engine: EngineWeak) -> Arc<Self> {
        Arc::new(Self { engine, state: Mutex::default(), changed: Condvar::new() })
    }

    /// Starts time, if it stands still. Fails when the system has no thread to give: a run without a clock would be a
    /// run without a deadline.
    pub(crate) fn start(self: &Arc<Self>) -> std::io::Result<Running> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.thread {
            let ticker = Arc::clone(self);
            thread::Builder::new().name("ticker".into()).stack_size(64 << 10).spawn(move || ticker.tick())?;
            state.thread = true;
        }
        state.runs += 1;
        self.changed.notify_one();
        Ok(Running(Arc::clone(self)))
    }

    fn tick(&self) {
        loop {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            while state.runs == 0 {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            drop(state);
            thread::sleep(TICK);
            let Some(engine) = self.engine.upgrade() else { return };
            engine.increment_epoch();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.runs = state.runs.saturating_sub(1);
    }
}
