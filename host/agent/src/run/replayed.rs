//! What a replay has to say beyond the run's own outcome.

use airlock_gate::{Gate, Replay};
use serde::Serialize;

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Leftovers {
    /// What the machine answered and the policy does not show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) withheld: Vec<String>,
    /// Answers that nobody asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unused: Vec<String>,
    /// Calls that the recording has no answer to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) missed: Vec<String>,
}

pub(crate) fn played(gate: &Gate, replay: &Replay) -> Leftovers {
    let (withheld, unused) = gate.leftovers();
    Leftovers {
        withheld: withheld.iter().map(ToString::to_string).collect(),
        unused: unused.iter().map(|exchange| format!("{} {}", exchange.name, exchange.call)).collect(),
        missed: replay.missed().iter().map(ToString::to_string).collect(),
    }
}
