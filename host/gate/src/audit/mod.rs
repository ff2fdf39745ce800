//! The audit: what is kept of every decision, so that the owner can ask later, and so that nobody can change the answer
//! unnoticed.
//!
//! A run writes a record before the effect of each call and closes it after ([`Audit`]). A [`Record`] is one line of
//! canonical JSON; a log ties it to the one before it ([`chain`]): the digest of a record covers the digest of its
//! predecessor, so a record that is changed, taken out, moved or put in breaks the chain at that place ([`verify`]).
//! Whoever may write the log can write it anew from there on: what was anchored elsewhere (the journal, a file of heads)
//! cannot be.
//!
//! A record names what was asked (the [`crate::Ask`]), never what was sent or written: no bodies, no credentials, no
//! secrets of URLs.

pub mod chain;
mod query;
mod record;
mod run;
#[cfg(test)]
mod tests;
mod verify;

pub use query::{Decided, Question, find};
pub use record::Record;
pub use run::{Audit, Counters, Decision};
pub(crate) use run::{Entry, Opening};
pub use verify::{Anchor, Fault, Verified, verify};

use std::io;

/// Where records go, in their order.
pub trait AuditLog: Send + Sync {
    /// Keeps a record. An error means that it is not kept: what would change something is then not done.
    fn write(&self, record: Record) -> io::Result<()>;

    /// The run is over: what was kept may be anchored.
    fn anchor(&self) {}
}

/// Keeps nothing. For tests of other things, and for what only looks.
#[derive(Debug, Default)]
pub struct NoLog;

impl AuditLog for NoLog {
    fn write(&self, _record: Record) -> io::Result<()> {
        Ok(())
    }
}
