//! The same again. Where the owner's policy says `auto_approve_identical = "30d"`, what people approved needs no other
//! approval for so long, if nothing about it differs but the job's own id: same server, task, component, files, policy,
//! and calls that stand on the approved list. Each of them is good once in a run, as with the approval itself.

use super::{Bound, Held, Queue, Request, digest};
use crate::Ask;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Members of a job that say which one it is, and nothing of what it does.
const IDS: &[&str] = &["id", "uuid"];
/// No run is longer (`wall_seconds`).
const LONGEST_RUN: u64 = 86_400;
/// Runs of one approval in that time.
const MOST_RUNS: usize = 200;

/// What was approved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Identical {
    by: Vec<String>,
    /// Seconds since 1970.
    at: u64,
    until: u64,
    calls: Vec<Ask>,
    /// When each run began to use it, and what is left to it.
    runs: BTreeMap<String, (u64, Vec<Ask>)>,
}

/// What a held call's request is, apart from the job's id.
pub(super) fn alike(held: &Held<'_>) -> String {
    if held.bound.job.is_empty() {
        return held.bound.digest();
    }
    let mut job = serde_json::from_str(held.job).unwrap_or_else(|_| Value::from(held.job));
    // A deployment is a job and its files.
    without_ids(&mut job);
    if let Some(inner) = job.get_mut("job") {
        without_ids(inner);
    }
    Bound { job: digest(&job), ..held.bound.clone() }.digest()
}

fn without_ids(job: &mut Value) {
    if let Some(members) = job.as_object_mut() {
        members.retain(|name, _| !IDS.contains(&name.as_str()));
    }
}

impl Identical {
    pub(super) fn of(request: &Request, now: u64) -> Self {
        let until = now.saturating_add(request.rule.auto_approve_identical.unwrap_or(0));
        Self { by: request.approved_by.clone(), at: now, until, calls: request.calls.clone(), runs: BTreeMap::new() }
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        now >= self.until
    }

    /// Whether this run has not done that call yet.
    fn take(&mut self, held: &Held<'_>, now: u64) -> bool {
        self.runs.retain(|run, (began, _)| run == held.run || now < began.saturating_add(LONGEST_RUN));
        if self.runs.len() >= MOST_RUNS && !self.runs.contains_key(held.run) {
            return false;
        }
        let (_, left) = self.runs.entry(held.run.to_owned()).or_insert_with(|| (now, self.calls.clone()));
        let found = left.iter().position(|ask| held.is(ask));
        if let Some(at) = found.filter(|_| !held.lasts()) {
            left.remove(at);
        }
        found.is_some()
    }
}

impl Queue {
    /// Who approved the same before, if that still counts under the rule as it is now.
    pub(super) fn again(&mut self, held: &Held<'_>, now: u64) -> Option<Vec<String>> {
        let seconds = held.rule.auto_approve_identical?;
        let identical = self.identical.get_mut(&alike(held))?;
        let counts = now < identical.at.saturating_add(seconds);
        (counts && identical.take(held, now)).then(|| identical.by.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{How, Standing};
    use super::*;
    use crate::Verb;
    use crate::terms::ApprovalRule;

    const DAY: u64 = 86_400;

    fn rule(days: Option<u64>) -> ApprovalRule {
        ApprovalRule { auto_approve_identical: days.map(|days| days * DAY), ..ApprovalRule::named("ops") }
    }

    fn check(queue: &mut Queue, rule: &ApprovalRule, job: &str, ask: &Ask, run: &str, now: u64) -> Standing {
        let bound = Bound { server: Some("hq".into()), job: digest(&job), policy: "p".into(), ..Bound::default() };
        queue.check(Held { bound: &bound.under(rule), rule, job, ask, run, or: None, how: How::Now }, now)
    }

    fn install(version: &str) -> Ask {
        Ask { version: Some(version.into()), ..Ask::new(Verb::PkgInstall) }
    }

    fn is_held(standing: &Standing) -> bool {
        matches!(standing, Standing::Held { .. })
    }

    fn approve(queue: &mut Queue, rule: &ApprovalRule, job: &str) {
        let Standing::Held { digest } = check(queue, rule, job, &install("1"), "r0", 0) else { panic!("not held") };
        assert_eq!(queue.approve(&digest, "ann", 0), Ok(0));
        assert!(matches!(check(queue, rule, job, &install("1"), "r1", 1), Standing::Approved { .. }));
    }

    #[test]
    fn the_same_again_in_all_but_its_id_needs_no_other_approval() {
        let (mut queue, rule) = (Queue::default(), rule(Some(30)));
        let job = |id: u32| format!(r#"{{"uuid":"{id}","install":"a"}}"#);
        approve(&mut queue, &rule, &job(1));
        for (run, number) in [("r2", 1), ("r3", 2), ("r4", 3)] {
            let again = check(&mut queue, &rule, &job(number), &install("1"), run, 29 * DAY);
            assert_eq!(again, Standing::Approved { by: vec!["ann".into()] }, "{run}");
            // Once in a run.
            assert!(is_held(&check(&mut queue, &rule, &job(number), &install("1"), run, 29 * DAY)), "{run}");
        }
        assert!(is_held(&check(&mut queue, &rule, &job(2), &install("2"), "r5", DAY)), "another call");
        let other = job(2).replace('a', "b");
        assert!(is_held(&check(&mut queue, &rule, &other, &install("1"), "r5", DAY)), "another job");
        assert!(is_held(&check(&mut queue, &rule, &job(4), &install("1"), "r6", 30 * DAY)), "too late");
    }

    #[test]
    fn without_the_owners_word_the_same_again_waits() {
        let (mut queue, never) = (Queue::default(), rule(None));
        approve(&mut queue, &never, r#"{"id":1}"#);
        assert!(is_held(&check(&mut queue, &never, r#"{"id":2}"#, &install("1"), "r2", 2)));
        // Nor where the owner has taken it back since.
        let (mut queue, month) = (Queue::default(), rule(Some(30)));
        approve(&mut queue, &month, r#"{"id":1}"#);
        assert!(is_held(&check(&mut queue, &never, r#"{"id":2}"#, &install("1"), "r2", 2)));
        assert!(is_held(&check(&mut queue, &rule(Some(1)), r#"{"id":3}"#, &install("1"), "r2", DAY)));
    }

    #[test]
    fn an_approval_binds_what_the_owner_says() {
        for (part, left_out) in [("job", false), ("policy", false), ("job", true), ("policy", true)] {
            let mut rule = rule(None);
            if left_out {
                rule.binds.retain(|bound| bound != part);
            }
            let bound = |changed: bool| {
                let text = |name: &str| if changed && name == part { "other" } else { "one" }.to_owned();
                Bound { job: text("job"), policy: text("policy"), component: "c".into(), ..Bound::default() }
                    .under(&rule)
            };
            let (mut queue, ask) = (Queue::default(), install("1"));
            let check = |bound: &Bound, run: &str, queue: &mut Queue| {
                queue.check(Held { bound, rule: &rule, job: "{}", ask: &ask, run, or: None, how: How::Now }, 1)
            };
            let Standing::Held { digest } = check(&bound(false), "r0", &mut queue) else { panic!("not held") };
            queue.approve(&digest, "ann", 1).unwrap();
            let standing = check(&bound(true), "r1", &mut queue);
            assert_eq!(matches!(standing, Standing::Approved { .. }), left_out, "{part}: {standing:?}");
        }
    }
}
