//! What a job needs a person's approval for: asked of the queue, and remembered for the job, so that the next contact knows
//! what to look for.

use airlock_gate::approvals::{Bound, Held, Standing};
use airlock_gate::guards::Approvals;
use airlock_native::RequestQueue;
use std::sync::{Mutex, PoisonError};

pub(crate) struct Ahead {
    queue: RequestQueue,
    seen: Mutex<Seen>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The requests that wait.
    pub(crate) held: Vec<Bound>,
    /// Why something will not be approved, whoever is asked.
    pub(crate) never: Option<String>,
}

impl Ahead {
    pub(crate) fn new(queue: RequestQueue) -> Self {
        Self { queue, seen: Mutex::default() }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Approvals for Ahead {
    fn check(&self, held: Held<'_>) -> Standing {
        let standing = self.queue.check(held);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &standing {
            Standing::Approved { .. } => {}
            Standing::Held { .. } if seen.held.contains(held.bound) => {}
            Standing::Held { .. } => seen.held.push(held.bound.clone()),
            Standing::Refused { by } => seen.never = Some(format!("refused by {by}")),
            Standing::TurnedAway(why) => seen.never = Some(why.clone()),
        }
        standing
    }
}
