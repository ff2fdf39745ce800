//! Several calls at the same time.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// One of them: still going, or done.
enum One<T, F> {
    Going(Pin<Box<F>>),
    Done(T),
}

/// What each of them comes to, in their order, when the last is done.
pub(crate) async fn together<T, F: Future<Output = T>>(all: impl IntoIterator<Item = F>) -> Vec<T> {
    let mut all: Vec<One<T, F>> = all.into_iter().map(|future| One::Going(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut is_done = true;
        for one in &mut all {
            let One::Going(future) = one else { continue };
            match future.as_mut().poll(context) {
                Poll::Ready(value) => *one = One::Done(value),
                Poll::Pending => is_done = false,
            }
        }
        if is_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let value = |one: One<T, F>| if let One::Done(value) = one { Some(value) } else { None };
    all.into_iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::sync::Barrier;
    use tokio::time::{sleep, timeout};

    /// Each waits until all have begun: one after the other, they would wait for ever.
    #[tokio::test]
    async fn they_go_on_together_and_come_in_their_order() {
        let all = Barrier::new(4);
        let wait = async |millis| {
            all.wait().await;
            sleep(Duration::from_millis(millis)).await;
            millis
        };
        let done = timeout(Duration::from_secs(60), together([20, 1, 20, 10].map(wait))).await;
        assert_eq!(done.unwrap(), [20, 1, 20, 10]);
        assert!(together(Vec::<std::future::Ready<()>>::new()).await.is_empty());
    }
}
