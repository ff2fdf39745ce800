//! Keys that load and do nothing here: an owner who wrote one is told, at its line.

use super::Found;
use crate::policy::limits::LimitKey;
use crate::policy::problem::NO_EFFECT;
use crate::policy::rule::{NEIGHBOURS, Rule};
use crate::policy::rules::Rules;
use crate::{Location, Verb};

/// Where a credential's secret can come from in this version.
const SOURCES: &[&str] = &["file:", "systemd:"];

/// Verbs that no interface of this version asks.
const NEVER_ASKED: &[Verb] = &[Verb::EsxRead, Verb::RemoteRead];

pub(super) fn check(rules: &Rules, found: &mut Found<'_>) {
    let mut idle = |at: &Location, what: &str| {
        found.line(NO_EFFECT, at, format!("{what} has no effect in this version"));
    };
    for (name, credential) in &rules.credentials {
        if !SOURCES.iter().any(|source| credential.source.starts_with(source)) {
            let scheme = credential.source.split(':').next().unwrap_or_default();
            idle(&credential.at, &format!("credential {name:?}: a secret from {scheme}: cannot be read, and so it"));
        }
    }
    for anchor in rules.audit.anchor.iter().filter(|anchor| **anchor == "eventlog" && !cfg!(windows)) {
        for at in &rules.audit.at {
            idle(at, &format!("audit: anchor {anchor:?}"));
        }
    }
    for rule in &rules.grants {
        of_grant(rule, &mut idle);
    }
}

fn of_grant(rule: &Rule, idle: &mut dyn FnMut(&Location, &str)) {
    let set = &rule.limits;
    if set.contact_interval.is_some() {
        idle(&rule.at, "contact_interval in a grant (it is for the machine or a server)");
    }
    if set.replay_memory.is_some() {
        idle(&rule.at, "replay_memory in a grant (it is for the machine or a server)");
    }
    let Some(verb) = rule.verb else { return };
    let is_for_neighbours = rule.servers.iter().all(|server| server == NEIGHBOURS);
    if is_for_neighbours && ![Verb::InventoryRead, Verb::ReportSend].contains(&verb) {
        idle(&rule.at, &format!("a grant of {verb} to {NEIGHBOURS} (they get the inventory, and nothing else)"));
    }
    if NEVER_ASKED.contains(&verb) {
        idle(&rule.at, &format!("a grant of {verb}"));
    }
    let counts = |key: LimitKey| key.bounds_a_run() || super::super::decide::is_counted(key, verb);
    for limit in set.limits.iter().filter(|limit| !counts(limit.key)) {
        idle(&limit.at, &format!("{} for {verb}", limit.key.name()));
    }
}
