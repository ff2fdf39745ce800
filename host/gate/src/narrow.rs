//! What two decisions on the same call allow together: the one of the policy that the run began with, and the one of the
//! policy as it is now. A rule that became tighter bites at once; one that became looser waits for the next run.

use crate::policy::{Allowed, Refusal, Verdict, View};
use crate::terms::{Allowance, Terms};
use crate::{Code, Scope};

/// Allowed only if both allow it, and then no further than both do.
pub(crate) fn both(start: Verdict, now: Verdict) -> Verdict {
    let (start, now) = match (start, now) {
        (Verdict::Allow(start), Verdict::Allow(now)) => (*start, *now),
        (Verdict::Deny(refusal), _) => return Verdict::Deny(refusal),
        (_, Verdict::Deny(refusal)) => {
            let why = format!("the policy changed during the run: {}", refusal.why);
            return Verdict::Deny(Refusal { code: refusal.code, why });
        }
    };
    if start.scope.command != now.scope.command {
        let why = "the policy changed during the run: its template is another one now; the next run has it".to_owned();
        return Verdict::Deny(Refusal { code: Code::NoGrant, why });
    }
    let scope = scopes(start.scope, now.scope);
    Verdict::Allow(Box::new(Allowed { rule: now.rule, scope, terms: terms(start.terms, now.terms) }))
}

fn scopes(start: Scope, now: Scope) -> Scope {
    let deeper = |a: Option<String>, b: Option<String>| match (a, b) {
        (Some(a), Some(b)) => Some(if a.len() > b.len() { a } else { b }),
        (a, b) => a.or(b),
    };
    let least = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
    let mut redact = start.redact;
    redact.extend(now.redact.into_iter().filter(|name| !redact.contains(name)).collect::<Vec<_>>());
    Scope {
        view: views(start.view, now.view),
        root: deeper(start.root, now.root),
        is_named: start.is_named || now.is_named,
        is_sealed: start.is_sealed || now.is_sealed,
        is_awaited: start.is_awaited || now.is_awaited,
        max_bytes: least(start.max_bytes, now.max_bytes),
        max_results: least(start.max_results, now.max_results),
        bytes_per_second: least(start.bytes_per_second, now.bytes_per_second),
        below: match (start.below, now.below) {
            (Some(start), Some(now)) => Some(start.and(now)),
            (start, now) => start.or(now),
        },
        asked_by: now.asked_by,
        command: now.command,
        redact,
    }
}

fn views(a: View, b: View) -> View {
    let categories = match (a.categories, b.categories) {
        (Some(a), Some(b)) => Some(a.into_iter().filter(|category| b.contains(category)).collect()),
        (a, b) => a.or(b),
    };
    View { categories, ceiling: a.ceiling.min(b.ceiling) }
}

fn terms(start: Terms, now: Terms) -> Terms {
    let mut approvals = start.approvals;
    approvals.extend(
        now.approvals.into_iter().filter(|rule| approvals.iter().all(|a| a.name != rule.name)).collect::<Vec<_>>(),
    );
    let mut allowances: Vec<Allowance> = now.allowances;
    for before in start.allowances {
        // One that both have is drawn on once, at the smaller of its sizes.
        match allowances.iter_mut().find(|allowance| allowance.key() == before.key()) {
            Some(same) => same.most = same.most.min(before.most),
            None => allowances.push(before),
        }
    }
    Terms { mode: start.mode.max(now.mode), allowances, approvals }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{ApprovalRule, Counted, Mode, Period, Shared};
    use airlock_model::Sensitivity;

    fn allowed(scope: Scope, terms: Terms) -> Verdict {
        Verdict::Allow(Box::new(Allowed { rule: "r".into(), scope, terms }))
    }

    fn allowance(most: u64, counted: Counted) -> Allowance {
        Allowance { counted, period: Period::Day, most, shared: Shared::Machine, rule: "r".into() }
    }

    #[test]
    fn both_have_to_allow() {
        let yes = || allowed(Scope::default(), Terms::default());
        let no = || Verdict::Deny(Refusal::of(Code::Forbidden));
        assert!(matches!(both(yes(), yes()), Verdict::Allow(_)));
        for (start, now) in [(yes(), no()), (no(), yes()), (no(), no())] {
            assert!(matches!(both(start, now), Verdict::Deny(Refusal { code: Code::Forbidden, .. })));
        }
    }

    #[test]
    fn the_narrower_of_everything_holds() {
        let view = |categories: &[&str], ceiling| View {
            categories: Some(categories.iter().map(|&c| c.to_owned()).collect()),
            ceiling,
        };
        let start = Scope {
            view: view(&["cpu", "bios"], Sensitivity::Secret),
            root: Some("/opt".into()),
            is_named: false,
            is_sealed: false,
            max_bytes: Some(5),
            max_results: None,
            redact: vec!["a".into(), "b".into()],
            ..Scope::default()
        };
        let now = Scope {
            view: view(&["bios", "memory"], Sensitivity::Public),
            root: Some("/opt/acme".into()),
            is_named: false,
            is_sealed: false,
            max_bytes: Some(9),
            max_results: Some(3),
            redact: vec!["b".into(), "c".into()],
            ..Scope::default()
        };
        let start_terms =
            Terms { allowances: vec![allowance(5, Counted::Calls), allowance(1, Counted::Bytes)], ..Terms::default() };
        let now_terms = Terms {
            mode: Mode::DryRun,
            allowances: vec![allowance(9, Counted::Calls)],
            approvals: vec![ApprovalRule::named("ops")],
        };
        let Verdict::Allow(both) = both(allowed(start, start_terms), allowed(now, now_terms)) else { panic!() };
        assert_eq!(both.scope.view, view(&["bios"], Sensitivity::Public));
        assert_eq!(both.scope.root.as_deref(), Some("/opt/acme"));
        assert_eq!((both.scope.max_bytes, both.scope.max_results), (Some(5), Some(3)));
        assert_eq!(both.scope.redact, ["a", "b", "c"]);
        assert_eq!(both.terms.mode, Mode::DryRun);
        assert_eq!(both.terms.approvals.len(), 1);
        let mosts: Vec<u64> = both.terms.allowances.iter().map(|a| a.most).collect();
        assert_eq!(mosts, [5, 1]);
    }

    #[test]
    fn a_command_that_became_another_one_waits_for_the_next_run() {
        let command = |program: &str| crate::Command {
            program: program.into(),
            sha256: None,
            argv: vec![],
            run_as: None,
            wall_seconds: 1,
            output_kb: 1,
            ..crate::Command::default()
        };
        let with = |program| allowed(Scope { command: Some(command(program)), ..Scope::default() }, Terms::default());
        assert!(matches!(both(with("/bin/a"), with("/bin/a")), Verdict::Allow(_)));
        assert!(matches!(both(with("/bin/a"), with("/bin/b")), Verdict::Deny(_)));
    }
}
