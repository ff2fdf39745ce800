//! The engine: one for the whole program.

use crate::error::LoadError;
use crate::floor;
use crate::linker::Linkers;
use crate::state::AllMemory;
use crate::ticker::Ticker;
use std::sync::Arc;
use wasmtime::{Config, Engine, OptLevel};

/// The stack of a component's code; deeper recursion ends the run.
const WASM_STACK: usize = 512 << 10;
/// The stack of a run: the component's, and what the host's functions need on top of it.
const RUN_STACK: usize = WASM_STACK + (512 << 10);

/// Loads and runs components.
pub struct Sandbox {
    pub(crate) engine: Engine,
    pub(crate) linkers: Linkers,
    pub(crate) ticker: Arc<Ticker>,
    pub(crate) all_memory: Arc<AllMemory>,
}

/// Memory of all components that run beside each other, in bytes.
const ALL_MEMORY: usize = 512 << 20;

impl Sandbox {
    pub fn new() -> Result<Self, LoadError> {
        Self::with_memory(ALL_MEMORY)
    }

    /// With a bound of one's own for the memory of all components together, in bytes.
    pub fn with_memory(all: usize) -> Result<Self, LoadError> {
        floor::check(floor::ENGINE_VERSION)?;
        let engine = Engine::new(&config()).map_err(LoadError::engine)?;
        let linkers = Linkers::new(&engine).map_err(LoadError::engine)?;
        let ticker = Ticker::new(engine.weak());
        Ok(Self { engine, linkers, ticker, all_memory: Arc::new(AllMemory::new(all)) })
    }
}

fn config() -> Config {
    let mut config = Config::new();
    // One deadline for the run, whatever the component does: its code looks at the epoch, the host's calls at the timer.
    config.epoch_interruption(true);
    config.max_wasm_stack(WASM_STACK).async_stack_size(RUN_STACK);
    config.cranelift_opt_level(OptLevel::Speed);
    // Units run beside each other in instances of their own; inside one, code is plain and sequential.
    config.concurrency_support(false);
    config.wasm_memory64(false).wasm_relaxed_simd(false);
    // Between the parts of one component the engine itself puts modules that see the memories of both. What a component
    // brings has one memory a module (`caps`), and a run has a bound on all of them together.
    config.wasm_multi_memory(true);
    // Traps are reported by kind; a component's own symbols are nobody's business on this machine.
    config.wasm_backtrace_max_frames(None).generate_address_map(false);
    config.debug_symbols(false).native_unwind_info(false);
    config
}
