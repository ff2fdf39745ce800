//! What an owner is told about a decision, and what lint says of a policy.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that goes wrong ends, and reads the examples where they stand"
)]

use airlock_gate::policy::{Explanation, Lint, PolicyFile, Rules, apply, call_of, explain, lint};
use airlock_gate::{Ask, Asker, Verb};

const HQ: &str = r#"policy_version = 1

[server.hq]
origin = "https://glpi.corp.example"
tls = { ca = "/etc/airlock/corp-ca.pem" }

[credential.core]
kind = "snmpv3"
source = "file:/etc/airlock/secrets/snmp-core"
use_for = ["10.1.0.0/16"]

[[grant]]
name = "scan the office"
server = ["hq"]
task = ["netinventory"]
verb = "snmp.read"
cidr = ["10.1.0.0/16"]
credentials = ["core"]
ports = [161]
"#;

fn rules(text: &str) -> Rules {
    Rules::parse(&[PolicyFile::new("50-hq.toml", text)]).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn explained(rules: &Rules, words: &[(&str, &str)]) -> Explanation {
    let words: Vec<_> = words.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let (asker, ask) = call_of(&words).unwrap();
    explain(rules, &asker, &rules.usual_circumstances(&asker), &ask, None)
}

const OUTSIDE: &[(&str, &str)] = &[
    ("server", "hq"),
    ("task", "netinventory"),
    ("verb", "snmp.read"),
    ("address", "10.2.0.14"),
    ("credential", "core"),
];

#[test]
fn a_refusal_names_the_nearest_grant_and_the_smallest_line_that_would_allow_it() {
    let text = explained(&rules(HQ), OUTSIDE).to_string();
    let expected = concat!(
        "server=hq  task=netinventory  call=snmp.read 10.2.0.14 credential=core\n",
        "DENY  NO_GRANT (layer local)\n",
        "  nearest grant: 50-hq.toml:12 \"scan the office\"   cidr = [\"10.1.0.0/16\"]   ← 10.2.0.14 is outside\n",
        "  to allow exactly this:   cidr = [\"10.1.0.0/16\", \"10.2.0.14/32\"]   (also extend credential.core.use_for)\n",
    );
    assert_eq!(text, expected);
}

#[test]
fn a_line_that_lets_more_through_says_so_and_has_a_grant_of_its_own_beside_it() {
    let text = HQ.replace(r#"task = ["netinventory"]"#, r#"task = ["netinventory", "netdiscovery"]"#);
    let rules = rules(&text);
    let explanation = explained(&rules, OUTSIDE);
    let suggestion = explanation.suggestion.as_ref().unwrap();
    assert_eq!(suggestion.wider, ["task netdiscovery"]);
    assert!(suggestion.grant.as_ref().unwrap().contains(r#"cidr = ["10.2.0.14/32"]"#), "{explanation}");
    // The changes let this call through and not the other task's.
    let changed = apply(&[PolicyFile::new("50-hq.toml", text)], explanation.edits());
    let changed = Rules::parse(&changed).unwrap();
    assert_eq!(explained(&changed, OUTSIDE).decision, "allow");
    let mut other = OUTSIDE.to_vec();
    other[1] = ("task", "netdiscovery");
    assert_eq!(explained(&changed, &other).decision, "deny NO_GRANT");
}

#[test]
fn what_no_policy_can_allow_has_no_line() {
    for address in ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"] {
        let mut words = OUTSIDE.to_vec();
        words[3] = ("address", address);
        let explanation = explained(&rules(HQ), &words);
        assert!(explanation.decision.starts_with("deny "), "{explanation}");
        assert_eq!(explanation.suggestion, None, "{explanation}");
    }
    let forbid = format!("{HQ}[[forbid]]\nname = \"PLCs\"\nverb = \"*\"\ncidr = [\"10.2.0.0/16\"]\n");
    let explanation = explained(&rules(&forbid), OUTSIDE);
    assert_eq!((explanation.decision.as_str(), explanation.edits().len()), ("deny FORBIDDEN", 0));
    assert!(explanation.why.contains("PLCs"), "{explanation}");
}

#[test]
fn the_layer_that_cuts_is_named() {
    let org = "policy_version = 1\nlayer = \"org\"\n[[grant]]\nserver = \"hq\"\ntask = \"*\"\nverb = \"snmp.read\"\ncidr = [\"10.1.1.0/24\"]\n";
    let files = [PolicyFile::new("10-org.toml", org), PolicyFile::new("50-hq.toml", HQ)];
    let rules = Rules::parse(&files).unwrap();
    let mut words = OUTSIDE.to_vec();
    words[3] = ("address", "10.1.2.3");
    let explanation = explained(&rules, &words);
    assert!(
        explanation.to_string().contains("DENY  NO_GRANT (layer org)\n  nearest grant: 10-org.toml:3 "),
        "{explanation}"
    );
    words[3] = ("address", "10.1.1.3");
    assert_eq!(explained(&rules, &words).decision, "allow");
    assert_eq!(
        Rules::parse(&apply(&files, explanation.edits())).map(|r| explained(&r, OUTSIDE).decision),
        Ok("deny NO_GRANT".into())
    );
}

#[test]
fn what_a_call_names_cannot_break_out_of_its_line() {
    let rules = rules(HQ);
    let asker = Asker { server: Some("hq".into()), task: "deploy\n".into(), ..Asker::default() };
    let ask = Ask::path(Verb::FilesRead, "/a b\u{1b}[31m\u{202e}x");
    let explanation = explain(&rules, &asker, &rules.usual_circumstances(&asker), &ask, None);
    assert_eq!(explanation.call, "files.read /a b\\u{1b}[31m\\u{202e}x");
    let text = explanation.to_string();
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}

fn linted(text: &str) -> Lint {
    lint(&rules(text))
}

fn codes(text: &str) -> Vec<&'static str> {
    linted(text).problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn lint_finds_who_may_write_what_is_run() {
    let template = "[template.acme-check]\nprogram = \"/opt/acme/bin/check\"\n";
    let grant = |paths: &str| {
        format!(
            "[[grant]]\nserver = \"hq\"\ntask = \"deploy\"\nverb = \"files.write\"\npaths = [{paths}]\nmax_bytes = 1\n"
        )
    };
    for paths in [
        r#""/opt/acme/**""#,
        r#""/opt/acme/bin/check""#,
        r#""/opt/*/bin/*""#,
        r#""/opt""#,
        r#""/srv/x", "/opt/acme/bin""#,
    ] {
        let lint = linted(&format!("{HQ}{template}{}", grant(paths)));
        assert!(lint.has_errors(), "{paths}");
        let problem = &lint.problems[0];
        assert_eq!((problem.code, problem.line), ("E020", 26), "{problem}");
        assert!(
            problem.message.contains("overlaps the program of template \"acme-check\" (/opt/acme/bin/check) → escape")
        );
    }
    for paths in [r#""/opt/acme/data/**""#, r#""/opt/acme/bin/check2""#] {
        assert!(!linted(&format!("{HQ}{template}{}", grant(paths))).has_errors(), "{paths}");
    }
}

#[test]
fn lint_finds_what_is_not_wise() {
    assert_eq!(codes(HQ), Vec::<&str>::new());
    assert_eq!(codes(&HQ.replace("https://", "http://")), ["W101"]);
    let broad = HQ.replace("snmpv3", "snmpv2c");
    assert_eq!(codes(&broad), ["W301"]);
    assert!(
        linted(&broad).problems[0].message.contains("\"scan the office\": snmp v2c credential over 65 536 addresses")
    );
    assert_eq!(
        codes(&broad.replace("use_for = [\"10.1.0.0/16\"]", "use_for = [\"10.1.40.0/24\"]")),
        Vec::<&str>::new()
    );
    assert_eq!(codes(&format!("{HQ}allow_server_credentials = true\n")), ["W300"]);
    let again = HQ.split_once("[[grant]]").unwrap().1;
    assert_eq!(codes(&format!("{HQ}[[grant]]{again}")), ["W401"]);
    assert_eq!(codes(&format!("{HQ}[[grant]]{}", again.replace("10.1.0.0/16", "10.1.9.0/24"))), ["W402"]);
    assert_eq!(codes(&format!("{HQ}[[grant]]{}", again.replace("10.1.0.0/16", "127.0.0.0/8"))), ["W403"]);
    assert_eq!(codes(&format!("{HQ}[[forbid]]\nverb = \"snmp.read\"\n")), ["W403"]);
    let hashed = "[redact.office]\n[[redact.office.rule]]\npath = \"content.bios.ssn\"\nop = \"hash\"\n";
    assert_eq!(codes(&format!("{HQ}{hashed}")), ["W207"]);
    let shell =
        "[template.sh]\nprogram = \"/bin/bash\"\nargv = [\"{x}\"]\n[template.sh.args]\nx = { type = \"name\" }\n";
    assert_eq!(codes(&format!("{HQ}{shell}")), ["W302"]);
}

#[test]
fn a_server_that_may_less_has_the_better_score() {
    let tenths = |text: &str| linted(text).scores["hq"].tenths;
    assert_eq!(tenths(HQ), 100);
    assert!(tenths(&HQ.replace("https://", "http://")) < tenths(HQ));
    assert!(linted(HQ).to_string().contains("score  hq: 10/10"));
}

#[test]
fn what_has_no_effect_is_said_at_its_line() {
    let said = |text: &str| -> Vec<(u32, String)> {
        let problems = linted(text).problems.into_iter().filter(|problem| problem.code == "W405");
        problems.map(|problem| (problem.line, problem.message)).collect()
    };
    assert_eq!(said(HQ), []);
    let idle = |more: &str| {
        let found = said(&format!("{HQ}{more}"));
        assert_eq!(found.len(), 1, "{more}: {found:?}");
        assert!(found[0].1.contains("has no effect in this version") && found[0].0 > 7, "{found:?}");
        found[0].clone()
    };
    let (line, message) = idle("limits = { disk_mb = 5 }\n");
    assert!(line == 20 && message.contains("disk_mb for snmp.read"), "{line} {message}");
    idle("limits = { jobs_per_run = 5 }\n");
    idle("limits = { replay_memory = \"1d\" }\n");
    idle("limits = { contact_interval = { min = \"1h\" } }\n");
    idle("[credential.chip]\nsource = \"tpm:agent\"\nuse_for = [\"10.1.0.0/16\"]\n");
    let grant = |rest: &str| format!("[[grant]]\nserver = \"hq\"\ntask = \"t\"\n{rest}\n");
    idle(&grant("verb = \"esx.read\"\nhosts = [\"esx.example\"]"));
    if cfg!(not(windows)) {
        idle("[audit]\nanchor = [\"eventlog\"]\n");
    }
    // What has an effect is not said to have none.
    let used = "limits = { wall_seconds = 5, net_pps = 3, new_hosts_per_day = 9 }\n[audit]\nanchor = [\"journal\"]\nanchor_every = 10\n";
    let limits = "[limits]\njobs_per_run = 5\nreplay_memory = \"1d\"\ndisk_mb = 5\negress_mb_per_day = 5\n";
    let serves = grant("verb = \"p2p.serve\"\ncidr = [\"10.1.0.0/16\"]");
    assert_eq!(said(&format!("{HQ}{serves}")), []);
    let wakes = grant("verb = \"wol.send\"\nfrom_inventory = true");
    assert_eq!(said(&format!("{HQ}{wakes}")), []);
    assert_eq!(said(&format!("{HQ}{used}{limits}contact_interval = {{ min = \"1h\" }}\n")), []);
}
