//! 4. What explain suggests lets the call through, and changes no decision on another one.

use super::made::{calls, decide, is_allowed, one_file, outcome, parsed, some_rules};
use airlock_gate::policy::{Verdict, apply, call_line, explain};
use airlock_gate::{Ask, Asker, Code};
use airlock_model::schema;
use proptest::prelude::*;
use std::net::IpAddr;

/// The same call, or the same with another size.
fn is_same(one: &(Asker, Ask), other: &(Asker, Ask)) -> bool {
    let whole = |(asker, ask): &(Asker, Ask)| {
        let addresses = ask.addresses.iter().map(|address| address.to_canonical()).collect();
        // The arguments of a template are in the template, not in a grant.
        let args = ask.template.as_ref().map(|_| Default::default());
        (asker.clone(), Ask { bytes: None, args, addresses, ..ask.clone() })
    };
    whole(one) == whole(other)
}

fn canonical(ask: &Ask) -> Vec<IpAddr> {
    ask.addresses.iter().map(|address| address.to_canonical()).collect()
}

/// What is decided on a call, but for what the suggestion is about: what of the inventory is shown to a task is said once
/// for all that it reads, and the suggested categories are then among that.
fn decided(verdict: &Verdict, suggested: &Ask) -> String {
    let Verdict::Allow(allowed) = verdict else { return outcome(verdict) };
    let sections = suggested.sections.iter().filter_map(|name| schema::section(name));
    let mut about: Vec<&str> = suggested.categories.iter().map(String::as_str).collect();
    about.extend(sections.flat_map(|s| s.fields.iter().map(|field| field.category).chain([s.category])));
    let mut allowed = allowed.clone();
    if let Some(categories) = &mut allowed.scope.view.categories {
        categories.retain(|category| !about.contains(&category.as_str()));
    }
    outcome(&Verdict::Allow(allowed))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_suggestion_lets_its_call_through_and_nothing_else(rules in some_rules(), calls in calls(24)) {
        let files = one_file(&rules);
        let before = parsed(&files);
        for call in &calls {
            let (asker, ask) = call;
            let explanation = explain(&before, asker, &before.usual_circumstances(asker), ask, None);
            if explanation.edits().is_empty() {
                continue;
            }
            let after = parsed(&apply(&files, explanation.edits()));
            prop_assert!(is_allowed(&decide(&after, call)), "{}", explanation);
            for other in calls.iter().filter(|other| !is_same(call, other)) {
                let (then, now) = (decide(&before, other), decide(&after, other));
                // What a credential is bound to is said once for all grants.
                let bound = then.to_string() == format!("deny {}", Code::CredentialBinding)
                    && canonical(&other.1) == canonical(ask)
                    && other.1.credential == ask.credential;
                prop_assert!(
                    decided(&then, ask) == decided(&now, ask) || bound,
                    "{}\n{}: {} became {}", explanation, call_line(&other.1), then, now
                );
            }
        }
    }
}

/// That suggestions are made at all.
#[test]
fn what_a_grant_can_say_is_suggested() {
    let files = one_file(&[]);
    let rules = parsed(&files);
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    let ask = Ask::path(airlock_gate::Verb::FilesRead, "/opt/acme/a.txt");
    let explanation = explain(&rules, &asker, &rules.usual_circumstances(&asker), &ask, None);
    assert_eq!(explanation.edits().len(), 1);
    assert!(is_allowed(&decide(&parsed(&apply(&files, explanation.edits())), &(asker, ask))));
}
