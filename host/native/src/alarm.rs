//! Wakes up at a time of the wall clock: also after a suspend, and when the clock is set (timerfd_create(2),
//! `TFD_TIMER_CANCEL_ON_SET`). Until then nothing of this process runs.

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use std::io;
use std::sync::Arc;
use tokio::sync::Notify;

/// One alarm; setting it anew forgets what it was set to. A thread waits for it, for as long as the program runs.
#[derive(Debug)]
pub struct Alarm {
    timer: Arc<TimerFd>,
    rang: Arc<Notify>,
}

/// Far away: an alarm that is set all the same, so that a change of the clock is noticed.
const FAR: i64 = 30 * 86_400;

impl Alarm {
    pub fn new() -> io::Result<Self> {
        let timer = Arc::new(TimerFd::new(ClockId::CLOCK_REALTIME, TimerFlags::TFD_CLOEXEC)?);
        let rang = Arc::new(Notify::new());
        let (waits, tells) = (Arc::clone(&timer), Arc::clone(&rang));
        std::thread::Builder::new().name("alarm".into()).stack_size(64 << 10).spawn(move || {
            // Waiting also ends when the clock was set (ECANCELED): that is something to look at the clock for.
            while matches!(waits.wait(), Ok(()) | Err(Errno::ECANCELED | Errno::EINTR)) {
                tells.notify_one();
            }
        })?;
        Ok(Self { timer, rang })
    }

    /// Returns at that moment (Unix seconds; none: not for a month), or when the clock is set, and now and then without a
    /// reason: whoever asks looks at the clock again.
    pub async fn at(&self, moment: Option<i64>) -> io::Result<()> {
        let now = jiff::Timestamp::now().as_second();
        let until = moment.unwrap_or(i64::MAX).clamp(now, now.saturating_add(FAR));
        // Zero would disarm it.
        let moment = TimeSpec::new(until.max(1), 0);
        let how = TimerSetTimeFlags::TFD_TIMER_ABSTIME | TimerSetTimeFlags::TFD_TIMER_CANCEL_ON_SET;
        self.timer.set(Expiration::OneShot(moment), how)?;
        self.rang.notified().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn an_alarm_rings_at_its_time_and_at_once_when_that_is_over() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let alarm = Alarm::new().unwrap();
            let due = jiff::Timestamp::now().as_second() + 1;
            while jiff::Timestamp::now().as_second() < due {
                alarm.at(Some(due)).await.unwrap();
            }
            let begin = Instant::now();
            alarm.at(Some(5)).await.unwrap();
            assert!(begin.elapsed() < Duration::from_secs(20));
            // It may still say what is over.
            let _ = tokio::time::timeout(Duration::from_millis(100), alarm.at(None)).await;
            let far = tokio::time::timeout(Duration::from_millis(100), alarm.at(None)).await;
            assert!(far.is_err());
        });
    }
}
