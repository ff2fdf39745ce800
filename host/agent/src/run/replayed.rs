//! A run on a recording, and what it has to say beyond its own outcome.

use super::{Ended, Engine, Kept, Rights};
use airlock_gate::calls::Told;
use airlock_gate::cassette::Cassette;
use airlock_gate::{Gate, Native, Replay, Source};
use airlock_model::Report;
use airlock_sandbox::{Loaded, Unit};
use serde::Serialize;
use std::sync::Arc;

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

/// A run on a recording, and what it came to.
pub(crate) struct Played {
    pub(crate) ended: Ended,
    pub(crate) replay: Arc<Replay>,
    pub(crate) report: Report,
    pub(crate) told: Told,
}

/// Runs a task on what was recorded, about what the recording was about.
pub(crate) fn play(engine: &Engine<'_>, task: &Loaded, rights: Rights, cassette: Cassette) -> anyhow::Result<Played> {
    let unit = Unit { target: cassette.header.target.clone(), job: cassette.header.job.clone() };
    let (kept, replay) = (Arc::new(Kept::default()), Arc::new(Replay::new(cassette)));
    let source = Source::Replay(Native::none(Arc::clone(&kept) as _), Arc::clone(&replay));
    let ended = engine.run(task, rights.order(source, unit))?;
    Ok(Played { ended, replay, report: kept.report(), told: kept.told() })
}
