//! What a gate asks besides the policy before a call goes through: whether the owner has stopped it, whether the policy
//! has changed since the run began, whether its allowances have room, whether a person has approved it.
//!
//! These outlive runs and processes; airlock-native keeps them in files. A gate for a mock or for the owner's own command
//! does with the ones of this module, which remember nothing.

use crate::approvals::{Bound, Held, Standing};
use crate::counters::{Draw, Full, Ledger};
use crate::stop::Stop;
use crate::terms::Terms;
use crate::{Ask, Asker, Policy};
use jiff::Timestamp;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the owner has stopped. Asked before every call with an effect, and all the time while a run goes on.
pub trait Stops: Send + Sync {
    /// Empty: nothing. What cannot be read is [`Stop::all`].
    fn stops(&self) -> Vec<Stop>;
}

/// The policy as it is now.
pub trait Current: Send + Sync {
    /// For this run's asker, if it is not the one that the run began with.
    fn changed(&self) -> Option<Arc<Policy>>;

    /// Why nothing may be changed under it, if that is so: somebody else could have written its files.
    fn unsafe_because(&self) -> Option<String> {
        None
    }
}

/// What was used of allowances, and the time by which they are counted, which never goes back.
pub trait Counters: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Whether all of it is there; nothing is taken.
    fn room(&self, draws: &[Draw]) -> Result<(), NoRoom>;

    /// Takes all of it, or nothing.
    fn take(&self, draws: &[Draw]) -> Result<(), NoRoom>;

    /// Comes back when so many milliseconds of its time have passed.
    fn wait(&self, millis: u64) -> Waiting<'_>;
}

/// Time that passes.
pub type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Why nothing could be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoom {
    Full(Full),
    /// What was used cannot be read or kept: so nothing is given.
    Unknown(String),
}

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoRoom::Full(full) => full.fmt(f),
            NoRoom::Unknown(why) => write!(f, "what was used so far is not known: {why}"),
        }
    }
}

/// People who approve.
pub trait Approvals: Send + Sync {
    fn check(&self, held: Held<'_>) -> Standing;
}

/// What was asked and how it was decided on, for `airlock policy learn`.
pub trait Observer: Send + Sync {
    fn asked(&self, asker: &Asker, ask: &Ask);
}

/// Whoever has to know that the machine is about to be changed: once this has come back, a crash is one in the middle of
/// it.
pub trait Changes: Send + Sync {
    /// `call` by its name. An error: it could not be written down, so the call is refused (`AUDIT_UNAVAILABLE`).
    fn about_to(&self, call: &'static str, ask: &Ask) -> Result<(), String>;
}

/// All of them, for one run.
#[derive(Clone)]
pub struct Guards {
    pub asker: Asker,
    /// What an approval of this run binds; its `approval` is filled in by the gate.
    pub bound: Bound,
    /// The job's text, for whoever has to approve it.
    pub job: String,
    /// The credentials that this run tries with a device, in their order, as far as they are granted; none: all that are.
    pub credentials: Option<Vec<String>>,
    pub stops: Arc<dyn Stops>,
    pub current: Arc<dyn Current>,
    pub counters: Arc<dyn Counters>,
    pub approvals: Arc<dyn Approvals>,
    pub observer: Arc<dyn Observer>,
    /// Told before the machine is changed.
    pub changes: Arc<dyn Changes>,
    /// A rehearsal asks for the approvals that a run would need.
    pub asks_ahead: bool,
}

impl Default for Guards {
    /// Nothing is stopped, nothing changes, allowances last as long as the run, nobody approves anything.
    fn default() -> Self {
        Self {
            asker: Asker::default(),
            bound: Bound::default(),
            job: String::new(),
            credentials: None,
            stops: Arc::new(Forgetful),
            current: Arc::new(Forgetful),
            counters: Arc::new(InMemory::default()),
            approvals: Arc::new(Forgetful),
            observer: Arc::new(Forgetful),
            changes: Arc::new(Forgetful),
            asks_ahead: false,
        }
    }
}

impl Guards {
    pub fn of(asker: Asker) -> Self {
        Self { asker, ..Self::default() }
    }

    /// The stop that covers this, if there is one.
    pub(crate) fn stopped(&self, covers: impl Fn(&Stop, Option<&str>) -> bool) -> Option<Stop> {
        let server = self.asker.server.as_deref();
        self.stops.stops().into_iter().find(|stop| covers(stop, server))
    }

    /// What a call draws on its allowances.
    pub(crate) fn draws(terms: &Terms, ask: &Ask) -> Vec<Draw> {
        terms.allowances.iter().filter_map(|allowance| Draw::of(allowance, ask)).collect()
    }
}

/// Remembers nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Stops for Forgetful {
    fn stops(&self) -> Vec<Stop> {
        Vec::new()
    }
}

impl Current for Forgetful {
    fn changed(&self) -> Option<Arc<Policy>> {
        None
    }
}

impl Approvals for Forgetful {
    fn check(&self, _held: Held<'_>) -> Standing {
        Standing::TurnedAway("nobody is asked in this kind of run".to_owned())
    }
}

impl Changes for Forgetful {
    fn about_to(&self, _call: &'static str, _ask: &Ask) -> Result<(), String> {
        Ok(())
    }
}

impl Observer for Forgetful {
    fn asked(&self, _asker: &Asker, _ask: &Ask) {}
}

/// Allowances that last as long as this value; its time is the machine's, or stands still where it was set. Nobody waits
/// by it: where a run on a machine would wait, its time goes on at once.
#[derive(Debug, Default)]
pub struct InMemory {
    ledger: Mutex<Ledger>,
    at: Option<Timestamp>,
    /// Milliseconds that were waited for.
    waited: AtomicU64,
}

impl InMemory {
    /// Where it is always this time.
    pub fn at(at: Timestamp) -> Self {
        Self { at: Some(at), ..Self::default() }
    }

    /// How much of an allowance is left.
    pub(crate) fn left(&self, allowance: &crate::terms::Allowance) -> u64 {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        allowance.most.saturating_sub(ledger.used(&allowance.key(), self.millis()))
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.now().as_millisecond()).unwrap_or(0)
    }
}

impl Counters for InMemory {
    fn now(&self) -> Timestamp {
        let waited = Duration::from_millis(self.waited.load(Ordering::Relaxed));
        self.at.unwrap_or_else(Timestamp::now).checked_add(waited).unwrap_or(Timestamp::MAX)
    }

    fn room(&self, draws: &[Draw]) -> Result<(), NoRoom> {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.room(draws, self.millis()).map_err(NoRoom::Full)
    }

    fn take(&self, draws: &[Draw]) -> Result<(), NoRoom> {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.take(draws, self.millis()).map_err(NoRoom::Full)
    }

    fn wait(&self, millis: u64) -> Waiting<'_> {
        self.waited.fetch_add(millis, Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }
}
