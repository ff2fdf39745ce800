//! Keeps what a machine answers, exchange by exchange.
//!
//! An answer is kept as the machine gave it, before the policy's redactions: a replay applies the policy that holds
//! then, so the same recording shows what another policy would withhold. Whoever keeps a recording keeps the machine's
//! secrets with it.

use crate::cassette::{Answer, Denied, Exchange};
use crate::{CallError, Code, HostCall};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

#[derive(Debug, Default)]
pub struct Recorder {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    exchanges: Vec<Exchange>,
    denied: Vec<Denied>,
    /// What could not be written down.
    failed: Option<String>,
}

impl Recorder {
    pub(super) fn keep<C: HostCall>(&self, call: &C, answer: &Result<C::Reply, CallError>) {
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
