//! Wakes on their way to the daemon: the first goes at once, all that follow within their spacing become one, at its end. So a
//! thousand requests are two wakes, and none is lost.

use super::view::{DaemonView, Wake, Woken};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Between two wakes of one kind for one target.
pub(super) const SPACING: Duration = Duration::from_secs(15);
/// Kinds of wakes that are remembered: targets, times the lists of categories that are asked for.
const MOST: usize = 8;

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Taken {
    Now(Woken),
    /// It goes together with others, after this long.
    Later(Duration),
    /// Too many different ones.
    TooMany,
}

pub(super) struct Wakes {
    spacing: Duration,
    view: Arc<dyn DaemonView>,
    known: Mutex<BTreeMap<Wake, Last>>,
    /// Those that wait for the end of the spacing; they end with this.
    waiting: Mutex<JoinSet<()>>,
}

struct Last {
    at: Instant,
    is_another_waiting: bool,
}

impl Wakes {
    pub(super) fn new(spacing: Duration, view: Arc<dyn DaemonView>) -> Arc<Self> {
        Arc::new(Self { spacing, view, known: Mutex::default(), waiting: Mutex::default() })
    }

    pub(super) fn wake(self: &Arc<Self>, wake: Wake) -> Taken {
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, last| last.is_another_waiting || now.duration_since(last.at) < self.spacing);
        if let Some(last) = known.get_mut(&wake) {
            let left = (last.at + self.spacing).saturating_duration_since(now);
            if !last.is_another_waiting {
                last.is_another_waiting = true;
                drop(known);
                self.after(left, wake);
            }
            return Taken::Later(left);
        }
        if known.len() >= MOST {
            return Taken::TooMany;
        }
        known.insert(wake.clone(), Last { at: now, is_another_waiting: false });
        drop(known);
        Taken::Now(self.view.wake(&wake))
    }

    fn after(self: &Arc<Self>, left: Duration, wake: Wake) {
        let wakes = Arc::downgrade(self);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while waiting.try_join_next().is_some() {}
        waiting.spawn(async move {
            tokio::time::sleep(left).await;
            let Some(wakes) = wakes.upgrade() else { return };
            let last = Last { at: Instant::now(), is_another_waiting: false };
            wakes.known.lock().unwrap_or_else(PoisonError::into_inner).insert(wake.clone(), last);
            if let Woken::Not(why) = wakes.view.wake(&wake) {
                tracing::info!("a wake came to nothing: {why}");
            }
        });
    }
}
