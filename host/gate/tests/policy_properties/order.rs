//! 1. Where a rule stands says nothing: shuffled over lines and files, the same decisions.

use super::made::{HEAD, Made, calls, decide, one_file, outcome, parsed, some_rules};
use airlock_gate::policy::PolicyFile;
use proptest::prelude::*;

/// The rules in another order, over three files, in each of which the heads stand again.
fn files(rules: &[Made]) -> Vec<PolicyFile> {
    let mut files = vec![];
    for number in [2, 0, 1] {
        let rules = rules.iter().enumerate().filter(|(at, _)| at % 3 == number);
        let text: String = rules.map(|(_, rule)| rule.text.as_str()).collect();
        files.push(PolicyFile::new(format!("5{number}-x.toml"), format!("policy_version = 1\n{HEAD}{text}")));
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_files_and_rules_says_nothing(
        (rules, shuffled) in some_rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        calls in calls(200),
    ) {
        let (one, other) = (parsed(&one_file(&rules)), parsed(&files(&shuffled)));
        for call in &calls {
            prop_assert_eq!(outcome(&decide(&one, call)), outcome(&decide(&other, call)), "{:?}", call);
        }
    }
}
