//! One address, asked in every way that the policy grants and the machine has, at the same time. A way that is missing is
//! left out and said ([`Gate::unavailable_methods`]); the others go on.

use crate::calls::{Neighbour, ProbeLacking, ProbeMethod, ProbeReach};
use crate::policy::Verdict;
use crate::together::together;
use crate::{CallError, Gate, HostCall};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Addresses that are remembered to have answered; a run is about one, or a few.
const MOST_ANSWERED: usize = 1_000;

/// What a run has learnt of its network.
#[derive(Debug, Default)]
pub(crate) struct Learnt(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    answered: BTreeSet<IpAddr>,
    left_out: BTreeMap<ProbeMethod, String>,
}

impl Learnt {
    pub(crate) fn answered(&self, address: IpAddr) {
        let mut state = self.lock();
        if state.answered.len() < MOST_ANSWERED {
            state.answered.insert(address);
        }
    }

    fn has_answered(&self, address: IpAddr) -> bool {
        self.lock().answered.contains(&address)
    }

    fn left_out(&self, method: ProbeMethod, why: String) {
        self.lock().left_out.entry(method).or_insert(why);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate {
    /// What is at an address; nothing where nobody answers. Denied when no way of asking is granted.
    pub async fn reach(&self, text: &str) -> Result<Option<Neighbour>, CallError> {
        let Ok(address) = text.parse::<IpAddr>() else {
            let why = CallError::Invalid(format!("{text:.60?} is no address such as 10.1.0.7"));
            return Err(self.senseless(ProbeReach::NAME, &json!({ "address": text }), why));
        };
        let alive = self.learnt.has_answered(address);
        let call = |method| ProbeReach { address, method, alive };
        let mut granted: Vec<ProbeMethod> = Vec::new();
        for method in ProbeMethod::ALL.iter().copied() {
            match call(method).ask().map(|ask| self.decide(&ask))? {
                Verdict::Allow(_) => granted.push(method),
                Verdict::Deny(_) => self.learnt.left_out(method, "not granted by this machine's policy".to_owned()),
            }
        }
        let Some(first) = granted.first().or(ProbeMethod::ALL.first()).copied() else { return Ok(None) };
        if granted.is_empty() {
            // Decided on once more, so that the refusal is in the audit.
            return self.call(call(first)).await.map(|found| Some(found).filter(Neighbour::is_there));
        }
        for lacking in self.call(ProbeLacking {}).await? {
            granted.retain(|method| *method != lacking.method);
            self.learnt.left_out(lacking.method, lacking.why);
        }
        let answers = together(granted.iter().map(|method| self.call(call(*method)))).await;
        let mut found = Neighbour::default();
        let mut refused = None;
        let count = answers.len();
        let mut failed = 0;
        for (method, answer) in granted.into_iter().zip(answers) {
            match answer {
                // The table of neighbours knows the address of the very interface; NetBIOS may name another.
                Ok(more) => found = found.and(more),
                Err(error @ (CallError::Denied(_) | CallError::Failed(_) | CallError::Timeout)) => {
                    self.learnt.left_out(method, error.to_string());
                    failed += 1;
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        match refused {
            Some(error) if failed == count => Err(error),
            _ => Ok(Some(found).filter(|found| found.is_there() || (alive && *found != Neighbour::default()))),
        }
    }

    /// The ways of asking that were left out, or failed, so far, each with why in words.
    pub async fn unavailable_methods(&self) -> Result<Vec<String>, CallError> {
        match self.call(ProbeLacking {}).await {
            Ok(all) => all.into_iter().for_each(|lacking| self.learnt.left_out(lacking.method, lacking.why)),
            Err(error @ CallError::Overrun { .. }) => return Err(error),
            Err(error) => return Ok(vec![error.to_string()]),
        }
        Ok(self.learnt.lock().left_out.iter().map(|(method, why)| format!("{}: {why}", method.name())).collect())
    }
}
