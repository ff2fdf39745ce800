//! Messages on their way to a server, and the answers that their senders have not come for yet. They are on disk too, where
//! there is a store: a restart loses neither.

use super::super::answer::{Answer, JSON, XML, answer};
use super::{error, numbered};
use crate::listener::view::{Answered, Passed};
use airlock_native::{PASSING_KEPT, Passing, PassingStage, PassingStore};
use airlock_protocol::bodies::Format;
use airlock_protocol::requests::RequestId;
use hyper::StatusCode;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Messages and answers that are known at once, and of one sender; how long an answer is kept.
const MOST: usize = 500;
const MOST_OF_ONE: usize = 8;
const KEPT: Duration = Duration::from_secs(PASSING_KEPT.unsigned_abs());
/// Of an answer that is kept.
const LARGEST: usize = 256 << 10;
/// The last times that were needed, of which the longest is what the next sender is told to wait.
const TIMES: usize = 30;
const USUAL: u64 = 10;

#[derive(Default)]
pub(in crate::listener) struct Forwards {
    known: Mutex<Known>,
    store: Option<PassingStore>,
}

#[derive(Default)]
struct Known {
    all: BTreeMap<String, One>,
    times: VecDeque<Duration>,
}

struct One {
    agent: String,
    since: Instant,
    answered: Option<Result<Answered, String>>,
}

/// What became of the wish to forward a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begun {
    New,
    /// The same message of the same sender is on its way.
    Again,
    /// Another sender uses this id.
    Taken,
    TooMany,
}

pub(super) enum Polled {
    Pending(u64),
    Done(Answer),
    Unknown,
}

impl Forwards {
    /// What a daemon that ended left; and of that, the messages that have no answer yet.
    pub(super) fn of(store: PassingStore) -> io::Result<(Self, Vec<Passing>)> {
        let (now, at) = (jiff::Timestamp::now().as_second(), Instant::now());
        let (mut known, mut unfinished) = (Known::default(), Vec::new());
        for passing in store.left(now)? {
            let answered = match &passing.stage {
                PassingStage::Message { .. } => None,
                PassingStage::Failed { why } => Some(Err(why.clone())),
                PassingStage::Answer { json } => {
                    let format = if *json { Format::Json } else { Format::Xml };
                    Some(Ok(Answered { format, document: store.document(&passing)? }))
                }
            };
            let age = Duration::from_secs(now.saturating_sub(passing.since).unsigned_abs());
            let since = at.checked_sub(age).unwrap_or(at);
            known.all.insert(passing.request.clone(), One { agent: passing.agent.clone(), since, answered });
            if matches!(passing.stage, PassingStage::Message { .. }) {
                unfinished.push(passing);
            }
        }
        Ok((Self { known: Mutex::new(known), store: Some(store) }, unfinished))
    }

    pub(super) fn begin(&self, request: RequestId, agent: &str) -> Begun {
        let mut known = self.lock();
        let (now, old) = std::mem::take(&mut known.all).into_iter().partition(|(_, one)| one.since.elapsed() < KEPT);
        known.all = now;
        for request in old.keys() {
            self.forget(request);
        }
        let key = request.to_string();
        match known.all.get(&key) {
            Some(one) if one.agent == agent && one.answered.is_none() => return Begun::Again,
            Some(one) if one.agent != agent => return Begun::Taken,
            _ => {}
        }
        if known.all.len() >= MOST || known.all.values().filter(|one| one.agent == agent).count() >= MOST_OF_ONE {
            return Begun::TooMany;
        }
        known.all.insert(key, One { agent: agent.to_owned(), since: Instant::now(), answered: None });
        Begun::New
    }

    /// Puts a message that [`Self::begin`] took on disk. Waits for it.
    ///
    /// # Errors
    /// It is not there, and not known any more: its sender is to keep it.
    pub(super) fn keep(&self, request: RequestId, agent: &str, message: &Passed) -> io::Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        let (action, device, proxies) = (message.action.clone(), message.device.clone(), message.proxies.clone());
        let passing = Passing {
            request: request.to_string(),
            agent: agent.to_owned(),
            since: jiff::Timestamp::now().as_second(),
            stage: PassingStage::Message { action, device, proxies },
        };
        store.keep(&passing, &message.document).inspect_err(|_| {
            self.lock().all.remove(&passing.request);
        })
    }

    /// A message that [`Self::of`] found.
    pub(super) fn message(&self, passing: &Passing) -> io::Result<Option<Passed>> {
        let (Some(store), PassingStage::Message { action, device, proxies }) = (&self.store, &passing.stage) else {
            return Ok(None);
        };
        Ok(Some(Passed {
            format: Format::Json,
            action: action.clone(),
            device: device.clone(),
            agent: Some(passing.agent.clone()),
            request: Some(passing.request.clone()),
            proxies: proxies.clone(),
            document: store.document(passing)?,
        }))
    }

    /// What came of it, on disk first. Waits for that.
    pub(super) fn end(&self, request: RequestId, answered: Result<Answered, String>) {
        let answered = match answered {
            Ok(answered) if answered.document.len() > LARGEST => {
                Err(format!("the server's answer has {} bytes, more than is passed back", answered.document.len()))
            }
            other => other,
        };
        let key = request.to_string();
        let Some((agent, took)) = self.lock().all.get(&key).map(|one| (one.agent.clone(), one.since.elapsed())) else {
            return;
        };
        if let Some(store) = &self.store {
            let age = i64::try_from(took.as_secs()).unwrap_or(i64::MAX);
            let since = jiff::Timestamp::now().as_second().saturating_sub(age);
            let (stage, document): (_, &[u8]) = match &answered {
                Ok(answered) => (PassingStage::Answer { json: answered.format == Format::Json }, &answered.document),
                Err(why) => (PassingStage::Failed { why: why.clone() }, &[]),
            };
            if let Err(error) = store.keep(&Passing { request: key.clone(), agent, since, stage }, document) {
                tracing::warn!("the answer to {key} does not outlive this daemon: {error}");
            }
        }
        let mut known = self.lock();
        let Some(one) = known.all.get_mut(&key) else { return };
        one.answered = Some(answered);
        known.times.push_back(took);
        if known.times.len() > TIMES {
            known.times.pop_front();
        }
    }

    /// A final answer is given once.
    pub(super) fn poll(&self, request: RequestId, agent: Option<&str>) -> Polled {
        let mut known = self.lock();
        let key = request.to_string();
        let wait = known.wait();
        let Some(one) =
            known.all.get(&key).filter(|one| Some(one.agent.as_str()) == agent && one.since.elapsed() < KEPT)
        else {
            return Polled::Unknown;
        };
        let Some(answered) = one.answered.clone() else { return Polled::Pending(wait) };
        known.all.remove(&key);
        self.forget(&key);
        Polled::Done(numbered(done(answered), request))
    }

    /// Seconds after which the sender of a message asks for the answer.
    pub(super) fn wait(&self) -> u64 {
        self.lock().wait()
    }

    fn forget(&self, request: &str) {
        if let Some(Err(error)) = self.store.as_ref().map(|store| store.forget(request)) {
            tracing::warn!("what is done with stays: {error}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn wait(&self) -> u64 {
        self.times.iter().max().map_or(USUAL, |longest| longest.as_secs() + 1)
    }
}

fn done(answered: Result<Answered, String>) -> Answer {
    match answered {
        Ok(answered) => {
            let kind = if answered.format == Format::Json { JSON } else { XML };
            answer(StatusCode::OK, kind, answered.document)
        }
        Err(why) => error(StatusCode::BAD_GATEWAY, &why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: fn(u32) -> RequestId = RequestId::new;

    fn ok() -> Result<Answered, String> {
        Ok(Answered { format: Format::Json, document: b"{}".to_vec() })
    }

    #[test]
    fn an_answer_is_its_senders_and_given_once() {
        let forwards = Forwards::default();
        assert_eq!(forwards.begin(ID(1), "a"), Begun::New);
        assert_eq!(forwards.begin(ID(1), "a"), Begun::Again);
        assert_eq!(forwards.begin(ID(1), "b"), Begun::Taken);
        assert!(matches!(forwards.poll(ID(1), Some("a")), Polled::Pending(USUAL)));
        forwards.end(ID(1), ok());
        assert!(matches!(forwards.poll(ID(1), Some("b")), Polled::Unknown));
        assert!(matches!(forwards.poll(ID(1), None), Polled::Unknown));
        assert!(matches!(forwards.poll(ID(1), Some("a")), Polled::Done(_)));
        assert!(matches!(forwards.poll(ID(1), Some("a")), Polled::Unknown));
        assert_eq!(forwards.wait(), 1);
    }

    #[test]
    fn what_is_known_is_bounded() {
        let forwards = Forwards::default();
        let one = (0..20).filter(|n| forwards.begin(ID(*n), "a") == Begun::New).count();
        assert_eq!(one, MOST_OF_ONE);
        let all = (100..2000).filter(|n| forwards.begin(ID(*n), &n.to_string()) == Begun::New).count();
        assert_eq!(all, MOST - MOST_OF_ONE);
        let large = Answered { format: Format::Json, document: vec![b' '; LARGEST + 1] };
        forwards.end(ID(100), Ok(large));
        let Polled::Done(answer) = forwards.poll(ID(100), Some("100")) else { panic!("it is done") };
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    }
}
