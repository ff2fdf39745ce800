//! What a call may see of that which is below a path: each file and folder as if it had been asked for alone. The grants are
//! those that have the terms of the one that the call was allowed by; a forbid takes out what it touches.

use super::index::Index;
use super::is_active;
use crate::Verb;
use crate::policy::args::{ArgKey, Test};
use crate::policy::matching::PathPattern;
use crate::policy::rule::Rule;
use jiff::Timestamp;
use std::sync::Arc;

/// Patterns of paths that are granted and forbidden, of all layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    verb: Verb,
    /// By layer: one of each has to cover a path.
    granted: Vec<Vec<PathPattern>>,
    forbidden: Vec<PathPattern>,
}

impl Below {
    pub(super) fn new(verb: Verb) -> Self {
        Self { verb, granted: vec![], forbidden: vec![] }
    }

    /// Takes a layer into account.
    pub(super) fn narrow(
        &mut self,
        best: &Arc<Rule>,
        rules: &[&Arc<Rule>],
        forbids: Option<&Index>,
        at: Option<Timestamp>,
    ) {
        let same = |rule: &&&Arc<Rule>| has_the_terms_of(rule, best);
        self.granted.push(rules.iter().filter(same).flat_map(|rule| paths(rule)).cloned().collect());
        let forbids = forbids.map(|index| index.rules.as_slice()).unwrap_or_default();
        let active = forbids.iter().filter(|rule| is_active(rule, at));
        self.forbidden.extend(active.flat_map(|rule| paths(rule)).cloned());
    }

    /// What both show.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.granted.extend(other.granted);
        self.forbidden.extend(other.forbidden);
        self
    }

    /// Whether a path may be seen.
    pub fn shows(&self, path: &str) -> bool {
        self.granted.iter().all(|layer| layer.iter().any(|pattern| pattern.covers(path, self.verb)))
            && !self.forbidden.iter().any(|pattern| pattern.touches(path))
    }

    /// Whether anything in a folder may be seen, as far as its own path says: if not, nobody needs to look into it.
    pub fn leads_to(&self, folder: &str) -> bool {
        self.granted.iter().all(|layer| layer.iter().any(|pattern| pattern.leads_to(folder)))
            && !self.forbidden.iter().any(|pattern| pattern.touches_all_of(folder))
    }
}

fn paths(rule: &Rule) -> &[PathPattern] {
    match rule.arg(ArgKey::Paths).map(|arg| &arg.test) {
        Some(Test::Paths(paths)) => paths,
        _ => &[],
    }
}

/// Grants are not stitched together: what another grant has on other terms is not this one's.
fn has_the_terms_of(rule: &Rule, best: &Rule) -> bool {
    let number = |rule: &Rule, key| super::number_of(rule, key);
    rule.approval == best.approval
        && rule.limits.says_the_same(&best.limits)
        && [ArgKey::MaxBytes, ArgKey::MaxResults, ArgKey::BytesPerSecond]
            .iter()
            .all(|key| number(rule, *key) == number(best, *key))
}
