//! Keeps what a machine answers, exchange by exchange.
//!
//! An answer is kept as the machine gave it, before the policy's redactions: a replay applies the policy that holds
//! then, so the same recording shows what another policy would withhold. Whoever keeps a recording keeps the machine's
//! secrets with it.

use crate::cassette::{Answer, Denied, Exchange};
use crate::{CallError, Code, HostCall};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
pub struct Recorder {
    /// Bytes of calls and answers; what has more is not kept at all: half a recording would be none.
    most: u64,
    kept: Mutex<Kept>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::within(u64::MAX)
    }
}

#[derive(Debug, Default)]
struct Kept {
    exchanges: Vec<Exchange>,
    denied: Vec<Denied>,
    bytes: u64,
    /// What could not be written down.
    failed: Option<String>,
}

impl Kept {
    /// Whether there is room for that many bytes more.
    fn has_room(&mut self, bytes: u64, most: u64) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > most && self.failed.is_none() {
            *self =
                Self { failed: Some(format!("its calls and answers are more than {most} bytes")), ..Self::default() };
        }
        self.failed.is_none()
    }
}

impl Recorder {
    /// Keeps at most that many bytes of calls and answers.
    pub fn within(most: u64) -> Self {
        Self { most, kept: Mutex::default() }
    }

    pub(super) fn keep<C: HostCall>(&self, call: &C, answer: &Result<C::Reply, CallError>) {
        let size = call.size().saturating_add(answer.as_ref().map_or(0, C::reply_size));
        if !self.lock().has_room(size, self.most) {
            return;
        }
        let written = answer.as_ref().map(serde_json::to_value);
        let (call, answer) = match (serde_json::to_value(call), written) {
            (Ok(call), Ok(Ok(reply))) => (call, Answer::Reply(reply)),
            (Ok(call), Err(error)) => (call, Answer::Error(error.clone())),
            (Err(error), _) | (_, Ok(Err(error))) => {
                self.lock().failed = Some(format!("{}: {error}", C::NAME));
                return;
            }
        };
        self.lock().exchanges.push(Exchange { name: C::NAME.to_owned(), call, answer });
    }

    pub(super) fn denied<C: HostCall>(&self, call: &C, code: Code) {
        if !self.lock().has_room(call.size(), self.most) {
            return;
        }
        let call = serde_json::to_value(call).unwrap_or(Value::Null);
        self.lock().denied.push(Denied { name: C::NAME.to_owned(), call, code });
    }

    /// What was kept so far; an error when something could not be.
    pub fn take(&self) -> Result<(Vec<Exchange>, Vec<Denied>), String> {
        let kept = std::mem::take(&mut *self.lock());
        kept.failed.map_or(Ok((kept.exchanges, kept.denied)), Err)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
