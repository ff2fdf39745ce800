//! Messages on their way to a server, and the answers that their senders have not come for yet.

use super::super::answer::{Answer, JSON, XML, answer};
use super::{error, numbered};
use crate::listener::view::Answered;
use airlock_protocol::bodies::Format;
use airlock_protocol::requests::RequestId;
use hyper::StatusCode;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Messages and answers that are known at once, and of one sender; how long an answer is kept.
const MOST: usize = 500;
const MOST_OF_ONE: usize = 8;
const KEPT: Duration = Duration::from_secs(3600);
/// Of an answer that is kept.
const LARGEST: usize = 256 << 10;
/// The last times that were needed, of which the longest is what the next sender is told to wait.
const TIMES: usize = 30;
const USUAL: u64 = 10;

#[derive(Default)]
pub(super) struct Forwards {
    known: Mutex<Known>,
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
    pub(super) fn begin(&self, request: RequestId, agent: &str) -> Begun {
        let mut known = self.lock();
        known.all.retain(|_, one| one.since.elapsed() < KEPT);
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

    pub(super) fn end(&self, request: RequestId, answered: Result<Answered, String>) {
        let mut known = self.lock();
        let Some(one) = known.all.get_mut(&request.to_string()) else { return };
        let took = one.since.elapsed();
        one.answered = Some(match answered {
            Ok(answered) if answered.document.len() > LARGEST => {
                Err(format!("the server's answer has {} bytes, more than is passed back", answered.document.len()))
            }
            other => other,
        });
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
        Polled::Done(numbered(done(answered), request))
    }

    /// Seconds after which the sender of a message asks for the answer.
    pub(super) fn wait(&self) -> u64 {
        self.lock().wait()
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
