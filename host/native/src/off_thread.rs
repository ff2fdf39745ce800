//! Work that waits for the kernel, on a thread of its own: a dead mount holds up that thread and nothing else. Whoever waits
//! may stop waiting; the work is told so and ends when it can.

use airlock_gate::CallError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tokio::sync::oneshot;

/// Says whether anybody still waits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stopped(Arc<AtomicBool>);

impl Stopped {
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Nobody waits any more.
    #[cfg(test)]
    pub(crate) fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Waiting(Stopped);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce(&Stopped) -> Result<T, CallError> + Send + 'static,
) -> Result<T, CallError> {
    let stopped = Stopped::default();
    let _waiting = Waiting(stopped.clone());
    let (done, result) = oneshot::channel();
    thread::Builder::new()
        .name("call".into())
        .spawn(move || drop(done.send(work(&stopped))))
        .map_err(|error| CallError::Failed(format!("no thread for a call: {error}")))?;
    // A thread that ended without an answer has panicked: a defect of ours, which costs this call and no more.
    result.await.unwrap_or_else(|_| Err(CallError::Failed("the host could not do it".to_owned())))
}
