//! What the proxy plugin knows that outlives a listener: the messages on their way and the answers that wait. A listener that
//! is started anew goes on with it; so does a daemon that is, from disk.

use super::forwards::Forwards;
use super::message::send_on;
use crate::listener::view::DaemonView;
use airlock_native::{Folders, Passing, PassingStore};
use airlock_protocol::requests::RequestId;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Nothing is read before the plugin is turned on.
#[derive(Default)]
pub(crate) struct Memory {
    /// None: nothing is kept on disk.
    folders: Option<Folders>,
    known: OnceLock<Known>,
}

#[derive(Default)]
struct Known {
    forwards: Arc<Forwards>,
    unfinished: Mutex<Vec<Passing>>,
}

impl Memory {
    pub(crate) fn of(folders: &Folders) -> Self {
        Self { folders: Some(folders.clone()), known: OnceLock::new() }
    }

    pub(in crate::listener) fn forwards(&self) -> Arc<Forwards> {
        Arc::clone(&self.known().forwards)
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| match self.folders.as_ref().map(read) {
            None => Known::default(),
            Some(Ok(known)) => known,
            Some(Err(error)) => {
                tracing::error!("[listener.proxy]: messages and answers do not outlive this daemon: {error:#}");
                Known::default()
            }
        })
    }

    /// Messages that a daemon that ended had taken are passed on, one after another. The first call does it.
    pub(in crate::listener) fn go_on(&self, view: Arc<dyn DaemonView>) {
        let known = self.known();
        let unfinished = std::mem::take(&mut *known.unfinished.lock().unwrap_or_else(PoisonError::into_inner));
        if unfinished.is_empty() {
            return;
        }
        tracing::info!("{} messages of other agents are passed on that were taken before", unfinished.len());
        let forwards = Arc::clone(&known.forwards);
        tokio::spawn(async move {
            for passing in unfinished {
                let Some(request) = RequestId::read(&passing.request) else { continue };
                let reading = Arc::clone(&forwards);
                let read = tokio::task::spawn_blocking(move || reading.message(&passing)).await;
                match read.map_err(std::io::Error::other).flatten() {
                    Ok(Some(passed)) => send_on(&view, Arc::clone(&forwards), request, passed).await,
                    Ok(None) => {}
                    Err(error) => forwards.end(request, Err(format!("the message is lost: {error}"))),
                }
            }
        });
    }
}

fn read(folders: &Folders) -> anyhow::Result<Known> {
    let (forwards, unfinished) = Forwards::of(PassingStore::new(folders)?)?;
    Ok(Known { forwards: Arc::new(forwards), unfinished: Mutex::new(unfinished) })
}
