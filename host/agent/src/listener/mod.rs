//! The daemon's own HTTP server: a page for people, `/status` and `/now` for GLPI, and what the owner turned on besides.
//!
//! It is a neighbour's way in, and treated so. Nothing is decided here about what a task may do: a request makes a target due,
//! or reads what is known. Refused are: bodies where none belongs, names that it is not called by, pages of other sites, more
//! than a share of its connections for one address. What is slow gives way to what comes.

mod view;

pub(crate) use view::{
    Answered, DaemonView, Doing, Later, Partial, Passed, Refused, Status, TargetKind, TargetStatus, TaskResult, Wake,
    Woken,
};

use crate::config::ListenerSettings;
use std::net::SocketAddr;
use std::sync::Arc;

/// A server that listens. It ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
}

impl Listener {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}
