//! Runs task components: wasmtime, and nothing of it outside this crate.
//!
//! A component is checked ([`Checked`]: wasm only, bounded size, imports within a [`World`]), compiled or taken from a
//! cache by digest ([`Loaded`]), linked against its world alone, and run one unit at a time in a store of its own
//! ([`Sandbox::run`]) with a deadline, a memory and an [`airlock_gate::Gate`] of its own. What is refused: WASI and any
//! other import outside the world, precompiled code from outside, and every run without limits.

mod bindings;
mod caps;
mod compile;
mod convert;
mod engine;
mod error;
mod expected;
mod floor;
mod host;
mod inspect;
mod linker;
mod load;
mod run;
mod state;
mod ticker;
mod world;

pub use bindings::Description;
pub use compile::{CodeCache, Compiler, Loaded, NoCache};
pub use engine::Sandbox;
pub use error::{Bound, LoadError, RunError};
pub use floor::{ENGINE_VERSION, OLDEST_ENGINE};
pub use inspect::{Import, Inspection, inspect};
pub use load::{Checked, Digest};
pub use run::{Bounds, Unit};
pub use world::World;
