//! How long each way of asking an address waits.

use airlock_gate::CallError;
use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// What the others get when something there has answered: many times a network's round trip, unless that took longer.
const A_MOMENT: Duration = Duration::from_millis(150);
/// A resolver may have to ask others first.
const A_MOMENT_FOR_RESOLVERS: Duration = Duration::from_millis(300);

/// Addresses that are being asked.
#[derive(Debug, Default)]
pub(super) struct Underway(Mutex<HashMap<IpAddr, watch::Sender<Option<Instant>>>>);

/// Of one way of asking one address.
#[derive(Debug)]
pub(super) struct Patience {
    underway: Arc<Underway>,
    address: IpAddr,
    start: Instant,
    timeout: Duration,
    answered: watch::Receiver<Option<Instant>>,
}

impl Underway {
    /// `alive`: something there has answered before.
    pub(super) fn enter(this: &Arc<Self>, address: IpAddr, timeout: Duration, alive: bool) -> Patience {
        let start = Instant::now();
        let mut all = this.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = all.entry(address).or_insert_with(|| watch::Sender::new(None));
        if alive {
            sender.send_if_modified(|at| at.is_none().then(|| *at = Some(start)).is_some());
        }
        Patience { underway: Arc::clone(this), address, start, timeout, answered: sender.subscribe() }
    }

    /// Something at this address has answered, whatever it was asked.
    pub(super) fn answered(&self, address: IpAddr) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = all.get(&address.to_canonical()) {
            sender.send_if_modified(|at| at.is_none().then(|| *at = Some(Instant::now())).is_some());
        }
    }
}

impl Patience {
    /// Tells the other ways.
    pub(super) fn answered(&self) {
        self.underway.answered(self.address);
    }

    /// What comes of it; none when nothing does in time.
    pub(super) async fn of<T>(&self, work: impl Future<Output = Result<T, CallError>>) -> Result<Option<T>, CallError> {
        self.wait(std::pin::pin!(work), A_MOMENT).await
    }

    pub(super) async fn of_resolver<T>(
        &self,
        work: impl Future<Output = Result<T, CallError>>,
    ) -> Result<Option<T>, CallError> {
        self.wait(std::pin::pin!(work), A_MOMENT_FOR_RESOLVERS).await
    }

    async fn wait<T>(
        &self,
        work: impl Future<Output = Result<T, CallError>>,
        moment: Duration,
    ) -> Result<Option<T>, CallError> {
        let mut answered = self.answered.clone();
        let ended = async {
            let last = self.start + self.timeout;
            let answered = async {
                let at = answered.wait_for(Option::is_some).await.ok().and_then(|at| *at);
                // Nobody is left who could answer.
                let Some(at) = at else { return std::future::pending().await };
                at
            };
            tokio::select! {
                at = answered => {
                    let trip = at.saturating_duration_since(self.start);
                    sleep_until(last.min(at + moment.max(trip * 3))).await;
                }
                () = sleep_until(last) => {}
            }
        };
        tokio::select! {
            biased;
            result = work => result.map(Some),
            () = ended => Ok(None),
        }
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        let mut all = self.underway.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The last of them: this one's own receiver is still there.
        if all.get(&self.address).is_some_and(|sender| sender.receiver_count() <= 1) {
            all.remove(&self.address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    async fn never() -> Result<(), CallError> {
        std::future::pending().await
    }

    /// That it took about so many milliseconds, on a machine that has other things to do.
    fn took(start: Instant, millis: u64) {
        let elapsed = start.elapsed();
        let least = Duration::from_millis(millis);
        assert!(elapsed >= least && elapsed < least + Duration::from_millis(130), "{elapsed:?}, not {least:?}");
    }

    #[tokio::test]
    async fn who_hears_nothing_waits_for_the_timeout() {
        let underway = Arc::default();
        let start = Instant::now();
        let patience = Underway::enter(&underway, ADDRESS, Duration::from_millis(700), false);
        assert_eq!(patience.of(never()).await, Ok(None));
        took(start, 700);
    }

    #[tokio::test]
    async fn who_hears_of_an_answer_waits_a_moment_more() {
        let underway: Arc<Underway> = Arc::default();
        let enter = |alive| Underway::enter(&underway, ADDRESS, Duration::from_secs(1), alive);
        // A slow network takes longer for everything.
        for (trip, whole) in [(20, 170), (150, 600)] {
            let (start, first, second) = (Instant::now(), enter(false), enter(false));
            let answers = async {
                tokio::time::sleep(Duration::from_millis(trip)).await;
                first.answered();
            };
            let ((), late) = tokio::join!(answers, second.of(never()));
            assert_eq!(late, Ok(None));
            took(start, whole);
        }
        assert!(underway.0.lock().unwrap().is_empty());
        let start = Instant::now();
        assert_eq!(enter(true).of(never()).await, Ok(None));
        took(start, 150);
    }
}
