//! Discovery and inventory of the network: a job is split into units, one address each, and these run beside each other,
//! each in an instance of its own. What the task makes of a device is its own opinion; where it may ask, with which
//! credential and how fast is the policy's, at every call.
//!
//! For the owner's own command the policy is exactly what the command line names ([`airlock_gate::policy::Commanded`]); for
//! a server's job it is what the owner grants that server.

mod claims;
pub(crate) mod command;
pub(crate) mod credentials;
pub(crate) mod hosts;
pub(crate) mod job;
mod kind;
pub(crate) mod machine;
mod noted;
pub(crate) mod output;
pub(crate) mod own;
pub(crate) mod places;
pub(crate) mod ranges;
mod scan;
mod slots;

pub(crate) use claims::Claims;
pub(crate) use kind::Kind;
pub(crate) use noted::Noted;
pub(crate) use ranges::Range;
pub(crate) use scan::{How, Looked, Scanned, Target, scan};
