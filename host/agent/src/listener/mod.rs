//! The daemon's own HTTP server: a page for people, `/status` and `/now` for GLPI, and what the owner turned on besides.
//!
//! It is a neighbour's way in, and treated so. Nothing is decided here about what a task may do: a request makes a target due,
//! or reads what is known. Refused are: bodies where none belongs, names that it is not called by, pages of other sites, more
//! than a share of its connections for one address. What is slow gives way to what comes.

mod answer;
mod basic;
mod browser;
mod connections;
mod head;
mod hosts;
mod inventory;
mod now;
mod page;
mod parts;
mod prepare;
mod proxy;
mod rate;
mod refusals;
mod routes;
mod secret;
mod serve;
mod sessions;
#[cfg(test)]
mod tests;
mod trust;
mod view;
mod wakes;

use prepare::Shared;
pub(crate) use proxy::Memory;
pub(crate) use view::{
    Answered, DaemonView, Doing, HandedOut, Later, Passed, Refused, Status, TargetKind, TargetStatus, TaskResult, Wake,
    Woken,
};

use crate::config::ListenerSettings;
use anyhow::Context;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A server that listens. It ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// Listens as the settings say (whether it is `enabled` is looked at by the caller), on the runtime that this is called in.
/// `memory` is what the listener before this one knew.
pub(crate) async fn start(
    settings: &ListenerSettings,
    view: Arc<dyn DaemonView>,
    memory: &Memory,
) -> anyhow::Result<Listener> {
    let shared = Arc::new(Shared::new(settings, Arc::clone(&view), memory)?);
    let wanted = SocketAddr::new(settings.address, settings.port);
    let listener = airlock_net::listening::listen(wanted).with_context(|| format!("[listener]: {wanted}"))?;
    let address = listener.local_addr()?;
    if shared.proxy.is_some() {
        memory.go_on(view);
    }
    Ok(Listener { address, accepting: tokio::spawn(serve::accept(listener, shared)) })
}

impl Listener {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it; when this returns, its port is free.
    pub(crate) async fn stop(mut self) {
        self.accepting.abort();
        let _aborted = (&mut self.accepting).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
