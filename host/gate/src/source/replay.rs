//! Answers out of a recording. A call is answered by the first exchange about an equal call that has not been used: the
//! order in which a task asks may change, what it asks may not. A call that is not in the recording is an error that
//! names the nearest one that is.

use super::difference::nearest;
use super::withheld::{Withheld, hidden};
use crate::cassette::{Answer, Cassette, Denied, Exchange};
use crate::{CallError, Code, HostCall};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Misses, and refusals, that are kept: a task in a loop would fill the memory with them.
const MOST: usize = 1_000;

/// A recording that is being played.
#[derive(Debug)]
pub struct Replay {
    exchanges: Vec<Exchange>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By call: the exchanges that are left, first to last.
    left: HashMap<String, VecDeque<usize>>,
    missed: Vec<Missed>,
    denied: Vec<Denied>,
    /// Misses and refusals over the bound.
    dropped: u64,
    withheld: Vec<Withheld>,
}

/// A call that the recording has no answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    pub name: String,
    pub call: Value,
    /// What is there instead, in words.
    pub why: String,
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} is not in the recording: {}", self.name, self.call, self.why)
    }
}

impl Replay {
    pub fn new(cassette: Cassette) -> Self {
        let exchanges = cassette.exchanges;
        let mut left: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, exchange) in exchanges.iter().enumerate() {
            left.entry(key(&exchange.name, &exchange.call)).or_default().push_back(at);
        }
        Self { exchanges, state: Mutex::new(State { left, ..State::default() }) }
    }

    pub(super) fn answer<C: HostCall>(&self, call: &C) -> Result<C::Reply, CallError> {
        let call = serde_json::to_value(call).map_err(|error| CallError::Invalid(error.to_string()))?;
        let mut state = self.lock();
        let found = state.left.get_mut(&key(C::NAME, &call)).and_then(VecDeque::pop_front);
        match found.and_then(|at| self.exchanges.get(at)).map(|exchange| &exchange.answer) {
            Some(Answer::Error(error)) => Err(error.clone()),
            Some(Answer::Reply(reply)) => serde_json::from_value(reply.clone())
                .map_err(|error| CallError::Failed(format!("the recording's answer to {}: {error}", C::NAME))),
            None => {
                let missed = Missed { name: C::NAME.to_owned(), why: nearest(&self.exchanges, C::NAME, &call), call };
                let error = CallError::Failed(missed.to_string());
                match state.missed.len() < MOST {
                    true => state.missed.push(missed),
                    false => state.dropped += 1,
                }
                Err(error)
            }
        }
    }

    pub(super) fn denied<C: HostCall>(&self, call: &C, code: Code) {
        let mut state = self.lock();
        if state.denied.len() >= MOST {
            state.dropped += 1;
            return;
        }
        let call = serde_json::to_value(call).unwrap_or(Value::Null);
        state.denied.push(Denied { name: C::NAME.to_owned(), call, code });
    }

    pub(super) fn shown<C: HostCall>(&self, call: &C, whole: &Value, shown: &Value) {
        let parts = hidden(whole, shown);
        if !parts.is_empty()
            && let Ok(call) = serde_json::to_value(call)
        {
            self.lock().withheld.push(Withheld { name: C::NAME.to_owned(), call, parts, code: None });
        }
    }

    /// Calls that the recording had no answer to.
    pub fn missed(&self) -> Vec<Missed> {
        self.lock().missed.clone()
    }

    /// Calls that were not let through.
    pub fn denied_calls(&self) -> Vec<Denied> {
        self.lock().denied.clone()
    }

    /// How many calls more had no answer or were not let through: only so many are kept.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Parts of answers that the policy did not show.
    pub fn withheld(&self) -> Vec<Withheld> {
        self.lock().withheld.clone()
    }

    /// Exchanges that nobody asked for, in the order of the recording.
    pub fn unused(&self) -> Vec<Exchange> {
        let mut left: Vec<usize> = self.lock().left.values().flatten().copied().collect();
        left.sort_unstable();
        left.into_iter().filter_map(|at| self.exchanges.get(at)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Equal calls have equal keys: a call of the recording was read as the call that it is and written again, so the order
/// of its fields is that of its type.
fn key(name: &str, call: &Value) -> String {
    format!("{name} {call}")
}
