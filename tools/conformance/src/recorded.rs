//! The figures that must not fall, and the cases whose expectation is wrong.

use crate::report::Scores;
use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// No more of a group's cases than this many in a hundred may be called wrong.
const MOST_REVIEWED: usize = 3;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reviewed {
    /// Case id to the reason why its expectation is wrong.
    #[serde(default)]
    wrong: BTreeMap<String, String>,
}

/// Reads the reviewed cases: id to reason.
pub(crate) fn reviewed(path: Option<&Path>) -> anyhow::Result<BTreeMap<String, String>> {
    let Some(path) = path else { return Ok(BTreeMap::new()) };
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let list: Reviewed = toml::from_str(&text).with_context(|| path.display().to_string())?;
    if let Some((id, _)) = list.wrong.iter().find(|(_, reason)| reason.trim().is_empty()) {
        anyhow::bail!("{}: {id} has no reason", path.display());
    }
    Ok(list.wrong)
}

/// What is worse than the file says: `[matched]` with a figure a group.
pub(crate) fn check(
    path: Option<&Path>,
    scores: &Scores,
    reviewed: &BTreeMap<String, String>,
) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for (name, group) in &scores.groups {
        if !reviewed.is_empty() && group.reviewed * 100 > group.cases * MOST_REVIEWED {
            problems.push(format!(
                "{name}: {} of {} expectations are called wrong, more than {MOST_REVIEWED} in a hundred",
                group.reviewed, group.cases
            ));
        }
    }
    let Some(path) = path else { return Ok(problems) };
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Recorded {
        matched: BTreeMap<String, usize>,
    }
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let recorded: Recorded = toml::from_str(&text).with_context(|| path.display().to_string())?;
    for (name, least) in recorded.matched {
        let matched = scores.groups.get(&name).map_or(0, |group| group.matched);
        if matched < least {
            problems.push(format!("{name}: {matched} cases match, and {least} did before"));
        }
    }
    Ok(problems)
}
