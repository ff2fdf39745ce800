//! What the end of a run has to say beyond its report: calls that were refused, and facts that are not whole.

use crate::{Code, HostCall};
use airlock_model::Incomplete;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Refusals that are kept; of further ones the audit has the records.
const MOST: usize = 1_000;

/// A call that was refused, for the owner: a task learns less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    pub name: String,
    pub call: Value,
    pub code: Code,
    /// The record of the audit.
    #[serde(skip)]
    pub audit: u64,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.name, self.call, self.code)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    refused: Vec<Refused>,
    incomplete: BTreeMap<String, Vec<String>>,
    /// The credential that a device answered to last.
    answered: Option<String>,
}

impl Notes {
    pub(crate) fn refused<C: HostCall>(&self, call: &C, code: Code, audit: u64) {
        let mut kept = self.lock();
        if kept.refused.len() < MOST {
            let call = serde_json::to_value(call).unwrap_or(Value::Null);
            kept.refused.push(Refused { name: C::NAME.to_owned(), call, code, audit });
        }
    }

    pub(crate) fn missing(&self, section: &str, why: &[String]) {
        self.lock().incomplete.entry(section.to_owned()).or_insert_with(|| why.to_vec());
    }

    pub(crate) fn answered(&self, credential: &str) {
        self.lock().answered = Some(credential.to_owned());
    }

    pub(crate) fn who_answered(&self) -> Option<String> {
        self.lock().answered.clone()
    }

    pub(crate) fn all_refused(&self) -> Vec<Refused> {
        self.lock().refused.clone()
    }

    pub(crate) fn incomplete(&self) -> Vec<Incomplete> {
        let kept = self.lock();
        let one = |(section, why): (&String, &Vec<String>)| {
            why.iter().map(|why| Incomplete { section: section.clone(), why: why.clone() }).collect::<Vec<_>>()
        };
        kept.incomplete.iter().flat_map(one).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
