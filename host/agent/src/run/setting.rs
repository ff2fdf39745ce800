//! A run that looks at no machine: on one that a file describes, or on a recording.

use super::alone::alone;
use super::{Component, Engine, Kept, Leftovers, Order, Outcome, played};
use airlock_gate::cassette::Cassette;
use airlock_gate::mock::Mock;
use airlock_gate::policy::PolicyFile;
use airlock_gate::{Guards, InMemory, Limits, Native, Replay, Source};
use airlock_sandbox::{Bounds, Loaded, Unit};
use jiff::Timestamp;
use std::sync::Arc;

/// What takes the place of the machine.
pub(crate) enum On {
    Mock(Mock),
    Recording(Cassette),
}

/// For whom and about what such a run is.
pub(crate) struct Setting<'a> {
    pub(crate) server: Option<&'a str>,
    pub(crate) policy: Option<&'a PolicyFile>,
    pub(crate) unit: Unit,
    pub(crate) on: On,
}

impl Setting<'_> {
    /// Runs it; what the task logged is beside the outcome. Rules that depend on the time go by the time of the mock or of
    /// the recording.
    pub(crate) fn run(
        self,
        engine: &Engine<'_>,
        component: &Component,
        task: &Loaded,
    ) -> anyhow::Result<(Outcome, Vec<String>)> {
        let kept = Arc::new(Kept::default());
        let (mut mock, mut replay, mut at) = (None, None, None);
        let source = match self.on {
            On::Mock(machine) => {
                at = Some(machine.start());
                let machine = mock.insert(Arc::new(machine));
                Source::Live(machine.native(Arc::clone(&kept) as _))
            }
            On::Recording(cassette) => {
                at = cassette.header.created.parse::<Timestamp>().ok().or(at);
                let playing = replay.insert(Arc::new(Replay::new(cassette)));
                Source::Replay(Native::none(Arc::clone(&kept) as _), Arc::clone(playing))
            }
        };
        let rights = alone(component, self.server, self.policy, |circumstances| {
            if let Some(mock) = &mock {
                circumstances.own_addresses.extend_from_slice(mock.own_addresses());
                circumstances.protected_paths.extend_from_slice(mock.own_paths());
            }
        })?;
        tracing::debug!("under {}", rights.words);
        let counters = Arc::new(at.map_or_else(InMemory::default, InMemory::at));
        let guards = Guards { counters, ..Guards::of(rights.asker.clone()) };
        let target = self.unit.target.clone();
        let order = Order {
            asker: rights.asker,
            policy: rights.policy,
            digest: None,
            guards,
            limits: Limits::default(),
            bounds: Bounds::default(),
            source,
            unit: self.unit,
        };
        let ended = engine.run(task, order)?;
        let outcome = Outcome {
            changes: mock.map(|mock| mock.changes()).unwrap_or_default(),
            leftovers: replay.map_or_else(Leftovers::default, |replay| played(&ended.gate, &replay)),
            ..Outcome::new(&component.name, &target, &ended, &kept.report()).with_told(kept.told())
        };
        Ok((outcome, kept.lines()))
    }
}
