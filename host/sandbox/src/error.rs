//! Why a component was not loaded, and how a run ended when it did not end well.

use airlock_gate::Denial;
use std::fmt;
use std::time::Duration;

/// Why a component does not come in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    #[error("not a WebAssembly component: {0}")]
    NotAComponent(String),
    #[error("a component of {size} bytes; at most {limit} are accepted")]
    TooLarge { size: usize, limit: usize },
    #[error("too much of it to compile: {count} {what}; at most {limit} are accepted")]
    TooMuch { what: &'static str, count: u64, limit: u64 },
    #[error("precompiled code is not accepted: give the component itself (.wasm)")]
    Precompiled,
    #[error("imports {import}, which tasks of the kind {world} never have{hint}")]
    OutsideWorld { import: String, world: &'static str, hint: &'static str },
    #[error("does not fit the kind {world}: {why}")]
    DoesNotFit { world: &'static str, why: String },
    #[error("cannot be compiled: {0}")]
    Compile(String),
    #[error("the sandbox cannot be set up: {0}")]
    Engine(String),
}

impl LoadError {
    pub(crate) fn engine(error: wasmtime::Error) -> Self {
        Self::Engine(format!("{error:#}"))
    }
}

/// A bound that a component ran into.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bound {
    /// Bytes of memory.
    Memory { asked: usize, limit: usize },
    /// Bytes of memory of all components that run at the moment.
    AllMemory { asked: usize, limit: usize },
    /// Elements of a table.
    Table { asked: usize, limit: usize },
    /// Depth of its calls.
    Stack,
    /// Bytes in one call to the host, or in one answer.
    Message { limit: usize },
    /// Time on the processor.
    Cpu { limit: Duration },
    /// Host calls.
    Calls { calls: u64, refused: u64 },
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Memory { asked, limit } => write!(f, "{} of memory, more than {}", Bytes(*asked), Bytes(*limit)),
            Bound::AllMemory { asked, limit } => {
                write!(f, "memory that all tasks together may not have: {} of {}", Bytes(*asked), Bytes(*limit))
            }
            Bound::Table { asked, limit } => write!(f, "a table of {asked} elements, more than {limit}"),
            Bound::Stack => f.write_str("calls nested too deeply (stack)"),
            Bound::Message { limit } => write!(f, "more than {} in one message to the host", Bytes(*limit)),
            Bound::Cpu { limit } => write!(f, "more than {} s of the processor", limit.as_secs_f64()),
            Bound::Calls { calls, refused } => {
                write!(f, "{calls} host calls, of which {refused} after its allowance was spent")
            }
        }
    }
}

struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b if b >= 1 << 20 => write!(f, "{} MiB", b >> 20),
            b if b >= 1 << 10 => write!(f, "{} KiB", b >> 10),
            b => write!(f, "{b} bytes"),
        }
    }
}

/// How a run ended that did not end well. Whatever it is, the program goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    #[error("stopped: not done after {} s", .0.as_secs_f64())]
    Deadline(Duration),
    /// The kill switch.
    #[error("{0}")]
    Stopped(String),
    #[error("stopped: it asked for {0}")]
    Bound(Bound),
    #[error("crashed: {0}")]
    Crashed(String),
    #[error("cannot be started: {0}")]
    Start(String),
    #[error("the job makes no sense to this task: {0}")]
    BadJob(String),
    #[error("refused by this machine's policy: {} (audit {})", .0.capability, .0.audit)]
    Denied(Denial),
    #[error("{0}")]
    Failed(String),
}
