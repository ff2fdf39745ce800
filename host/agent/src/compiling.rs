//! Compiles components from outside in a process of their own, with limits of their own.

use airlock_native::{ChildLimits, run_limited};
use airlock_sandbox::Compiler;
use std::time::Duration;

/// Four times what the largest components of use take.
const LIMITS: ChildLimits =
    ChildLimits { wall: Duration::from_secs(120), cpu_seconds: 100, memory: 1 << 30, output: 256 << 20 };

pub(crate) struct InChild;

impl Compiler for InChild {
    fn compile(&self, component: &[u8]) -> Result<Vec<u8>, String> {
        run_limited("compile-component", component, LIMITS).map_err(|error| error.to_string())
    }
}
