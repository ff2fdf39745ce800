//! 8. Ten thousand rules do not make a decision slow. The numbers of a release build come from `cargo xtask bench
//! decisions`; here only that it does not grow with the rules.

use super::made::{HEAD, parsed, policy};
use airlock_gate::policy::PolicyFile;
use airlock_gate::{Ask, Asker, Verb};
use std::time::{Duration, Instant};

fn rules(count: usize) -> String {
    let rule = |n: usize| {
        let (high, low) = (n / 250, n % 250);
        match n % 4 {
            0 => format!("verb = \"snmp.read\"\ncidr = [\"10.{}.{low}.0/24\"]\n", 100 + high),
            1 => format!("verb = \"files.read\"\npaths = [\"/srv/d{n}/**\"]\n"),
            2 => format!("verb = \"http.fetch\"\norigins = [\"https://h{n}.example\"]\n"),
            _ => format!("verb = \"esx.read\"\nhosts = [\"h{n}.example\", \"*.s{n}.example\"]\n"),
        }
    };
    (0..count).map(|n| format!("[[grant]]\nserver = \"hq\"\ntask = \"deploy\"\n{}", rule(n))).collect()
}

fn median(mut decide: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..101)
        .map(|_| {
            let began = Instant::now();
            decide();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[50]
}

#[test]
fn ten_thousand_rules_do_not_make_a_decision_slow() {
    let rules = parsed(&[PolicyFile::new("50-a.toml", format!("policy_version = 1\n{HEAD}{}", rules(10_000)))]);
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    let policy = policy(&rules, &asker);
    let deep = format!("/{}", "d/".repeat(2000).trim_end_matches('/'));
    for ask in [
        Ask { addresses: vec!["10.1.2.3".parse().unwrap()], port: Some(161), ..Ask::new(Verb::SnmpRead) },
        Ask::path(Verb::FilesRead, "/srv/none/x/y/z"),
        Ask::path(Verb::FilesRead, &deep),
        Ask { origin: Some("https://none.example".into()), ..Ask::new(Verb::HttpFetch) },
        Ask { host: Some("a.b.c.d.e.f.none.example".into()), ..Ask::new(Verb::EsxRead) },
    ] {
        let middle = median(|| assert!(policy.decide_at(&ask, None).to_string().starts_with("deny")));
        // Without optimisation, on a machine that does other things: looking at each rule would take ten times as long.
        assert!(middle < Duration::from_micros(1500), "{ask:?}: {middle:?}");
    }
}

/// Thousands of grants that all cover the call: those that say the same are looked at once.
#[test]
fn ten_thousand_grants_that_say_the_same_are_decided_as_one() {
    let rule = |n: usize| {
        match n % 2 {
        0 => format!("[[grant]]\nname = \"n{n:05}\"\nserver = \"hq\"\ntask = \"*\"\nverb = \"exec.template\"\ntemplates = [\"status\"]\n"),
        _ => "[[grant]]\nserver = \"hq\"\ntask = \"deploy\"\nverb = \"inventory.read\"\ncategories = [\"cpu\", \"memory\"]\n".to_owned(),
    }
    };
    let text: String = (0..10_000).map(rule).collect();
    let rules = parsed(&[PolicyFile::new("50-a.toml", format!("policy_version = 1\n{HEAD}{text}"))]);
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    let policy = policy(&rules, &asker);
    let sections = |names: &[&str]| Ask {
        sections: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Ask::new(Verb::InventoryRead)
    };
    let command = Ask { template: Some("status".into()), args: Some([].into()), ..Ask::new(Verb::ExecTemplate) };
    for (ask, expected) in
        [(command, "allow"), (sections(&["cpus", "memories"]), "allow"), (sections(&["cpus", "envs"]), "deny")]
    {
        let middle = median(|| assert!(policy.decide_at(&ask, None).to_string().starts_with(expected), "{ask:?}"));
        assert!(middle < Duration::from_micros(500), "{ask:?}: {middle:?}");
    }
}
