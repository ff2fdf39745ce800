//! 2. A forbid more, a layer more, a grant less: nothing becomes allowed that was not.

use super::made::{HEAD, calls, decide, is_allowed, one_file, parsed, rule, some_rules};
use airlock_gate::policy::{PolicyFile, Rules};
use airlock_gate::{Ask, Asker};
use proptest::prelude::*;

fn no_more(before: &Rules, after: &Rules, calls: &[(Asker, Ask)]) -> Result<(), TestCaseError> {
    for call in calls {
        let (then, now) = (decide(before, call), decide(after, call));
        prop_assert!(is_allowed(&then) || !is_allowed(&now), "{:?}: {} became {}", call, then, now);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_forbid_more_allows_nothing_more(rules in some_rules(), forbid in rule(false), calls in calls(60)) {
        let before = parsed(&one_file(&rules));
        let mut more = rules;
        more.push(forbid);
        no_more(&before, &parsed(&one_file(&more)), &calls)?;
    }

    #[test]
    fn a_grant_less_allows_nothing_more(rules in some_rules(), which in any::<prop::sample::Index>(), calls in calls(60)) {
        let before = parsed(&one_file(&rules));
        let mut less = rules.clone();
        let grants: Vec<usize> = (0..less.len()).filter(|at| less[*at].is_grant).collect();
        less.remove(grants[which.index(grants.len())]);
        no_more(&before, &parsed(&one_file(&less)), &calls)?;
    }

    #[test]
    fn a_layer_more_allows_nothing_more(rules in some_rules(), org in some_rules(), calls in calls(60)) {
        let local = one_file(&rules);
        let text: String = org.iter().map(|rule| rule.text.as_str()).collect();
        let org = PolicyFile::new("10-org.toml", format!("policy_version = 1\nlayer = \"org\"\n{HEAD}{text}"));
        let both = parsed(&[local[0].clone(), org.clone()]);
        no_more(&parsed(&local), &both, &calls)?;
        no_more(&parsed(&[org]), &both, &calls)?;
    }
}
