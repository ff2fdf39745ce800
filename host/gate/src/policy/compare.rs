//! What a change of policy changes: decisions on calls that were made, not lines of files.

use super::decision::Verdict;
use super::rules::Rules;
use super::write::{asker_line, call_line};
use crate::{Ask, Asker};
use serde::Serialize;
use std::collections::BTreeSet;

/// A call on which two policies decide otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    pub who: String,
    pub call: String,
    pub before: String,
    pub after: String,
}

/// The calls on which the new rules decide otherwise than the old ones, each once.
pub fn diff(old: &Rules, new: &Rules, calls: &[(Asker, Ask)]) -> Vec<Change> {
    let decide = |rules: &Rules, asker: &Asker, ask: &Ask| {
        rules.for_run(asker, &rules.usual_circumstances(asker)).decide_at(ask, None)
    };
    let changes = calls.iter().filter_map(|(asker, ask)| {
        let (before, after) = (decide(old, asker, ask), decide(new, asker, ask));
        let (mut then, mut now) = (before.to_string(), after.to_string());
        if then == now {
            let (Verdict::Allow(a), Verdict::Allow(b)) = (&before, &after) else { return None };
            if a.scope == b.scope {
                return None;
            }
            // Allowed both times, but not as far.
            then += &format!(" {}", reach(&before));
            now += &format!(" {}", reach(&after));
        }
        Some(Change { who: asker_line(asker), call: call_line(ask), before: then, after: now })
    });
    changes.collect::<BTreeSet<_>>().into_iter().collect()
}

fn reach(verdict: &Verdict) -> String {
    let Verdict::Allow(allowed) = verdict else { return String::new() };
    let scope = &allowed.scope;
    let categories = scope.view.categories.as_ref().map_or("all".to_owned(), |some| some.join(" "));
    let bytes = scope.max_bytes.map_or("any".to_owned(), |most| most.to_string());
    format!("(categories: {categories}; bytes: {bytes}; redact: {})", scope.redact.join(" "))
}
