//! The one way out of a task.
//!
//! Every capability that a task has is a [`HostCall`]: a serialisable struct. [`Gate::call`] decides on it by the
//! owner's policy, takes it from the run's allowances, records it and only then has it answered. So policy, limits,
//! audit and recordings are each written once, and a call may cross a process boundary unchanged.
//!
//! What an allowed call *does* is not here: the [`ports`] name it, airlock-native implements them. A [`Gate`] cannot be
//! made without a policy and an audit: the unguarded state cannot be written down.

pub mod ahead;
pub mod approvals;
mod archive_entry;
mod ask;
pub mod audit;
mod call;
pub mod calls;
pub mod cassette;
mod code;
pub mod counters;
pub mod crashes;
mod deploy;
mod error;
mod gate;
pub mod guards;
mod host_name;
mod host_set;
mod http;
pub mod jobs;
mod judge;
mod limits;
mod location;
pub mod mock;
mod narrow;
pub mod near;
mod notes;
pub mod policy;
pub mod ports;
mod probing;
pub mod redact;
mod scope;
mod sending;
mod session;
mod source;
mod stop;
pub mod sysobject;
pub mod terms;
mod together;
mod verb;
pub mod walk;

pub use archive_entry::{EntryBounds, entry_components};
pub use ask::{Ask, Asker};
pub use audit::{Audit, AuditLog, Decision, NoLog, Record};
pub use call::HostCall;
pub use code::Code;
pub use error::{CallError, Denial, Reason, Spent};
pub use gate::{Gate, Spending};
pub use guards::{Guards, InMemory};
pub use host_name::check_host_name;
pub use http::{Fetched, Request};
pub use limits::Limits;
pub use location::Location;
pub use notes::Refused;
pub use policy::Policy;
pub use ports::Native;
pub use scope::{Command, PathUnder, Scope, Work, WorkFile};
pub use sending::may_send;
pub use session::{SnmpTarget, snmp_target};
pub use source::{Missed, Plan, Recorder, Replay, Source, Withheld};
pub use stop::{Stop, StopScope};
pub use terms::Terms;
pub use verb::{Effect, Verb};
