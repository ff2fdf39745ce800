//! A policy that was learned allows what was asked, and nothing that was not.

use super::made::{calls, decide, is_allowed, one_file, parsed, some_rules};
use airlock_gate::policy::{PolicyFile, Verdict, asker_line, call_line, learn, lint};
use airlock_gate::{Ask, Asker};
use proptest::prelude::*;

/// What a grant can tell apart.
fn seen_as((asker, ask): &(Asker, Ask)) -> (Asker, Ask) {
    let addresses = ask.addresses.iter().map(|address| address.to_canonical()).collect();
    let args = ask.template.as_ref().map(|_| Default::default());
    (asker.clone(), Ask { bytes: None, args, addresses, ..ask.clone() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_asked_is_allowed_and_nothing_else(rules in some_rules(), observed in calls(25), others in calls(60)) {
        let known = parsed(&one_file(&rules));
        let proposal = learn(&observed, &known);
        let learned = parsed(&[PolicyFile::new("50-learned.toml", proposal.text.clone())]);
        prop_assert!(!lint(&learned).has_errors());
        for call in &observed {
            let verdict = decide(&learned, call);
            let line = format!("{}  call={}: ", asker_line(&call.0), call_line(&call.1));
            let left_out = proposal.left_out.iter().any(|left_out| left_out.starts_with(&line));
            prop_assert!(is_allowed(&verdict) != left_out, "{:?} {}\n{}", call, verdict, proposal.text);
        }
        let seen: Vec<_> = observed.iter().map(seen_as).collect();
        for call in others.iter().filter(|call| !seen.contains(&seen_as(call))) {
            let verdict = decide(&learned, call);
            prop_assert!(matches!(verdict, Verdict::Deny(_)), "{:?}\n{}", call, proposal.text);
        }
    }
}
