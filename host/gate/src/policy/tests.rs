use super::*;
use crate::{Ask, Asker, Code, Verb};
use airlock_model::schema::{SECTIONS, section};

fn about(names: &[&str]) -> Ask {
    Ask::sections(&names.iter().map(|name| section(name).unwrap()).collect::<Vec<_>>())
}

fn allows(policy: &Policy, ask: &Ask) -> bool {
    matches!(policy.decide_at(ask, None), Verdict::Allow(_))
}

/// The rules of one file, for a task of the server hq.
fn policy(text: &str) -> Policy {
    let rules = rules(text);
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    rules.for_run(&asker, &rules.usual_circumstances(&asker))
}

fn rules(text: &str) -> Rules {
    let head = "policy_version = 1\n[server.hq]\norigin = \"https://glpi.example\"\n";
    Rules::parse(&[PolicyFile::new("50-hq.toml", format!("{head}{text}"))]).unwrap_or_else(|p| panic!("{p:#?}"))
}

#[test]
fn without_a_grant_everything_is_refused() {
    for policy in [Policy::nothing(), policy("")] {
        for section in SECTIONS {
            assert!(!allows(&policy, &about(&[section.name])), "{}", section.name);
        }
        for verb in Verb::ALL {
            assert!(!allows(&policy, &Ask::new(*verb)), "{verb}");
        }
        assert!(allows(&policy, &Ask::run()));
    }
}

#[test]
fn the_owner_sees_everything_and_only_that_verb_is_granted() {
    let policy = Policy::owners_command();
    for section in SECTIONS {
        assert!(allows(&policy, &about(&[section.name])), "{}", section.name);
        let other = Ask { verb: Some(Verb::ExecTemplate), ..about(&[section.name]) };
        assert!(!allows(&policy, &other), "{}", section.name);
    }
}

#[test]
fn an_unknown_server_sees_nothing_personal_and_nothing_secret() {
    let policy = Policy::unknown_server();
    for hidden in ["envs", "users", "local_users", "local_groups"] {
        assert!(!allows(&policy, &about(&[hidden])), "{hidden}");
    }
    let Verdict::Allow(allowed) = policy.decide_at(&about(&["hardware"]), None) else {
        panic!("hardware is granted");
    };
    let view = allowed.scope.view;
    let hardware = section("hardware").unwrap();
    assert!(view.shows(hardware.field("uuid").unwrap()));
    assert!(!view.shows(hardware.field("lastloggeduser").unwrap()));
}

#[test]
fn a_report_leaves_without_a_policy_only_where_there_never_was_one() {
    let report = Ask { bytes: Some(1), ..Ask::new(Verb::ReportSend) };
    assert!(!allows(&Policy::unknown_server(), &report));
    let policy = Policy::without_a_policy();
    assert!(allows(&policy, &report) && allows(&policy, &about(&["hardware"])) && !allows(&policy, &about(&["users"])));
    for verb in Verb::ALL.iter().filter(|verb| !matches!(verb, Verb::ReportSend | Verb::InventoryRead)) {
        assert!(!allows(&policy, &Ask::new(*verb)), "{verb}");
    }
}

const READS: &str = r#"
[[grant]]
server = "hq"
task = "deploy"
verb = "inventory.read"
categories = ["cpu"]
[[grant]]
server = "hq"
task = "deploy"
verb = "inventory.read"
categories = ["software"]
"#;

#[test]
fn grants_are_not_stitched_together() {
    let policy = policy(READS);
    assert!(allows(&policy, &about(&["cpus"])));
    assert!(allows(&policy, &about(&["softwares"])));
    assert!(!allows(&policy, &about(&["cpus", "softwares"])));
}

#[test]
fn a_refusal_names_the_nearest_grant() {
    let Verdict::Deny(Refusal { code, why }) = Policy::unknown_server().decide_at(&about(&["envs"]), None) else {
        panic!("envs is refused");
    };
    assert_eq!(code, Code::NoGrant);
    assert!(why.contains("a server without a policy") && why.contains("envs"), "{why}");
}
