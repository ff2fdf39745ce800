//! The daemon as a service: told to systemd (`sd_notify(3)`) where that is asked, with the file of a process number where
//! that is, and apart from the terminal that started it.

use airlock_native::{detached, remove_document, write_document};
use anyhow::Context;
use sd_notify::NotifyState;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

pub(super) struct Service {
    pid_file: Option<PathBuf>,
}

/// Starts this program again, apart from this terminal, and returns when it serves.
pub(crate) fn detach(arguments: Vec<String>) -> anyhow::Result<()> {
    detached(arguments).context("the daemon did not start")
}

impl Service {
    pub(super) fn begin(pid_file: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(path) = pid_file {
            let text = format!("{}\n", std::process::id());
            write_document(path, text.as_bytes()).with_context(|| path.display().to_string())?;
        }
        Ok(Self { pid_file: pid_file.map(Path::to_owned) })
    }

    pub(super) fn ready(&self, line: &str) {
        tell(&[NotifyState::Ready, NotifyState::Status(line)]);
        airlock_native::tell_parent_ready();
    }

    pub(super) fn status(&self, line: &str) {
        tell(&[NotifyState::Status(line)]);
    }

    pub(super) fn reloading(&self) {
        let mut states = vec![NotifyState::Reloading];
        states.extend(NotifyState::monotonic_usec_now());
        tell(&states);
    }

    pub(super) fn alive(&self) {
        tell(&[NotifyState::Watchdog]);
    }

    pub(super) fn end(self) {
        tell(&[NotifyState::Stopping]);
        if let Some(path) = &self.pid_file {
            let _ = remove_document(path);
        }
    }

    /// Ticks twice in the time that the service manager gives; never, where it gives none.
    pub(super) fn watchdog(&self) -> Watchdog {
        let mut microseconds = 0;
        if !sd_notify::watchdog_enabled(false, &mut microseconds) || microseconds == 0 {
            return Watchdog(None);
        }
        let mut ticks = interval(Duration::from_micros(microseconds / 2).max(Duration::from_millis(100)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Watchdog(Some(ticks))
    }
}

pub(super) struct Watchdog(Option<Interval>);

impl Watchdog {
    pub(super) async fn tick(&mut self) {
        match &mut self.0 {
            Some(ticks) => drop(ticks.tick().await),
            None => std::future::pending().await,
        }
    }
}

/// Where nobody listens, nothing is said.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(false, states) {
        tracing::debug!("the service manager was not told: {error}");
    }
}
