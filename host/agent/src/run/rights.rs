//! What a run that a person starts may do, and what guards it.

use super::{Component, Order};
use crate::policies::{Places, Policies, Run};
use airlock_gate::{Asker, Guards, Limits, Policy, Source};
use airlock_native::Folders;
use airlock_sandbox::{Bounds, Unit};
use std::sync::Arc;
use std::time::Duration;

/// For whom a run is, under which policy, guarded by what.
pub(crate) struct Rights {
    pub(crate) asker: Asker,
    pub(crate) policy: Arc<Policy>,
    pub(crate) guards: Guards,
    pub(crate) limits: Limits,
    pub(crate) bounds: Bounds,
    /// Of the policy's files, where there is one.
    pub(crate) digest: Option<String>,
    /// In words for people.
    pub(crate) words: String,
}

impl Rights {
    /// Those of a run that was begun under a policy.
    pub(crate) fn of(asker: Asker, run: Run) -> Self {
        let Run { policy, guards, limits, bounds, digest, words } = run;
        Self { asker, policy, guards, limits, bounds, digest: Some(digest), words }
    }

    /// Those of a command of the owner's that has a policy of its own: what was typed is what is granted.
    pub(crate) fn owners(asker: Asker, places: &Places, policy: Policy, deadline: Duration) -> Self {
        Self {
            guards: places.owners_guards(&asker),
            asker,
            policy: Arc::new(policy),
            limits: Limits::default(),
            bounds: Bounds { deadline, ..Bounds::default() },
            digest: None,
            words: String::new(),
        }
    }

    /// A run with these rights, on what `source` answers, about one unit.
    pub(crate) fn order(self, source: Source, unit: Unit) -> Order {
        Order {
            asker: self.asker,
            policy: self.policy,
            digest: self.digest,
            guards: self.guards,
            limits: self.limits,
            bounds: self.bounds,
            source,
            unit,
        }
    }
}

/// What stands for the world in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum World {
    /// This machine: its allowances are drawn on, its people are asked.
    Machine,
    /// A mock or a recording: nothing is used up, and nobody is asked.
    StandIn,
}

/// Where a run's rights come from.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) places: &'a Places,
    pub(crate) folders: Option<&'a Folders>,
}

/// With a server: what the owner's policy grants that server's tasks. Without: a task of the program has the owner's own
/// grant, for whoever runs the command to see; a file, whoever it is from, has what `--policy` grants the owner's own
/// command, and without that nothing but the run itself.
pub(crate) fn rights(
    component: &Component,
    server: Option<&str>,
    job: &str,
    bounds: Bounds,
    world: World,
    owner: Owner<'_>,
) -> anyhow::Result<Rights> {
    let asker = component.asker(server);
    let policies = match needs_policy(&asker, component.builtin, owner.places) {
        true => Some(Policies::open(owner.places, owner.folders)?),
        false => None,
    };
    rights_of(asker, component.builtin, job, bounds, world, owner.places, policies.as_ref())
}

/// Whether what a run may do is in the owner's files.
pub(crate) fn needs_policy(asker: &Asker, builtin: bool, places: &Places) -> bool {
    asker.server.is_some() || !(builtin || places.policy.is_none())
}

/// As [`rights`], under policies that have been read; none where [`needs_policy`] says so.
pub(crate) fn rights_of(
    asker: Asker,
    builtin: bool,
    job: &str,
    bounds: Bounds,
    world: World,
    places: &Places,
    policies: Option<&Policies>,
) -> anyhow::Result<Rights> {
    let Some(policies) = policies else {
        let (policy, words) = if builtin {
            (Policy::owners_command(), "the owner's own command")
        } else {
            (Policy::nothing(), "nothing is granted: a component from a file, and neither --server nor --policy")
        };
        return Ok(Rights {
            guards: places.owners_guards(&asker),
            asker,
            policy: Arc::new(policy),
            limits: Limits::default(),
            bounds,
            digest: None,
            words: words.to_owned(),
        });
    };
    let run = match world {
        World::Machine => policies.begin(&asker, job, bounds)?,
        World::StandIn => policies.rehearsed(&asker, bounds),
    };
    Ok(Rights::of(asker, run))
}
