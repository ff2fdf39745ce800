//! A question that a task has begun and not yet waited for. It goes on whenever the task waits for something else, and ends
//! with the task.

use airlock_gate::calls::Neighbour;
use airlock_gate::{CallError, Gate};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

type Answer = Result<Option<Neighbour>, CallError>;

/// Who is at an address.
pub(crate) struct Expected {
    address: String,
    state: Asking,
}

enum Asking {
    Going(Pin<Box<dyn Future<Output = Answer> + Send>>),
    Done(Answer),
}

impl Expected {
    /// Asks at once.
    pub(crate) async fn begin(gate: Arc<Gate>, address: String) -> Self {
        let asked = address.clone();
        let going = Box::pin(async move { gate.reach(&asked).await });
        let mut expected = Self { address, state: Asking::Going(going) };
        poll_fn(|context| {
            expected.go_on(context);
            Poll::Ready(())
        })
        .await;
        expected
    }

    pub(crate) fn is_of(&self, address: &str) -> bool {
        self.address == address
    }

    fn go_on(&mut self, context: &mut Context<'_>) -> bool {
        if let Asking::Going(future) = &mut self.state
            && let Poll::Ready(answer) = future.as_mut().poll(context)
        {
            self.state = Asking::Done(answer);
        }
        matches!(self.state, Asking::Done(_))
    }

    pub(crate) async fn answer(self) -> Answer {
        match self.state {
            Asking::Going(future) => future.await,
            Asking::Done(answer) => answer,
        }
    }

    /// Other work, while this goes on.
    pub(crate) async fn beside<T>(this: &mut Option<Self>, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Some(expected) = this {
                expected.go_on(context);
            }
            work.as_mut().poll(context)
        })
        .await
    }
}
