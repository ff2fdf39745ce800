//! The one way out of a task.
//!
//! Every capability that a task has is a [`HostCall`]: a serialisable struct. [`Gate::call`] decides on it by the
//! owner's policy, takes it from the run's allowances, records it and only then has it answered. So policy, limits,
//! audit and, later, recordings are each written once, and a call may cross a process boundary unchanged.
//!
//! What an allowed call *does* is not here: the [`ports`] name it, airlock-native implements them. A [`Gate`] cannot be
//! made without a policy and an audit: the unguarded state cannot be written down.

mod audit;
mod call;
pub mod calls;
mod error;
mod gate;
mod limits;
pub mod policy;
pub mod ports;
mod source;

pub use audit::{Audit, AuditLog, Decision, NoLog};
pub use call::{Effect, HostCall, Subject};
pub use error::{CallError, Denial, Reason, Spent};
pub use gate::{Gate, Spending};
pub use limits::Limits;
pub use policy::Policy;
pub use ports::Native;
pub use source::Source;
