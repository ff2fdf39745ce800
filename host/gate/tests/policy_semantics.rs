//! What the words of a policy mean: layers, forbids, windows, bindings, templates, identities.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

use airlock_gate::policy::{Allowed, Circumstances, PolicyFile, Rules, Verdict, call_of, diff, lint};
use airlock_gate::terms::{Counted, Period, Shared};
use airlock_gate::{Ask, Asker, Verb};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const HEAD: &str = r#"policy_version = 1
[server.hq]
origin = "https://glpi.example"
[credential.core]
source = "file:/secrets/core"
use_for = ["10.1.0.0/16", "https://api.example", "esx1.example"]
[publisher.acme]
keys = ["ed25519:MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
names = ["acme-*", "inventory"]
"#;

fn load(files: &[(&str, String)]) -> Rules {
    let files: Vec<_> = files.iter().map(|(name, text)| PolicyFile::new(*name, text.clone())).collect();
    Rules::parse(&files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn rules(text: &str) -> Rules {
    load(&[("50-hq.toml", format!("{HEAD}{text}"))])
}

fn grant(verb: &str, rest: &str) -> String {
    format!("[[grant]]\nserver = \"hq\"\ntask = \"deploy\"\nverb = \"{verb}\"\n{rest}\n")
}

fn verdict(rules: &Rules, call: &str, at: Option<&str>) -> Verdict {
    let words: Vec<_> = format!("server=hq task=deploy {call}")
        .split(' ')
        .map(|word| word.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())).unwrap())
        .collect();
    let (asker, ask) = call_of(&words).unwrap();
    let at = at.map(|at| at.parse::<Timestamp>().unwrap());
    rules.for_run(&asker, &rules.usual_circumstances(&asker)).decide_at(&ask, at)
}

fn decision(rules: &Rules, call: &str) -> String {
    verdict(rules, call, None).to_string()
}

fn allowed(rules: &Rules, call: &str) -> Allowed {
    match verdict(rules, call, None) {
        Verdict::Allow(allowed) => *allowed,
        verdict @ Verdict::Deny(_) => panic!("{call}: {verdict}"),
    }
}

#[test]
fn layers_narrow_each_other_in_every_way() {
    let org = grant("files.read", "paths = [\"/opt/**\"]\nmax_bytes = 100") + &grant("report.send", "redact = \"one\"");
    let local = grant("files.read", "paths = [\"/opt/acme/**\", \"/srv/**\"]\nmax_bytes = 500\napproval = \"ops\"")
        + &grant("report.send", "redact = \"two\"");
    let more =
        "[approval.ops]\nby = [\"group:wheel\"]\n[redact.one]\nunknown = \"keep\"\n[redact.two]\nunknown = \"keep\"\n";
    let both = load(&[
        ("10-org.toml", format!("{HEAD}layer = \"org\"\n{org}{more}").replacen("layer = \"org\"\n", "", 1)),
        ("50-hq.toml", format!("{HEAD}{local}{more}")),
    ]);
    // The file's number says which layer it is.
    assert_eq!(both.layers().len(), 2);
    let read = "verb=files.read path=";
    assert_eq!(decision(&both, &format!("{read}/opt/acme/x")), "hold ops");
    assert_eq!(decision(&both, &format!("{read}/opt/beta/x")), "deny NO_GRANT");
    assert_eq!(decision(&both, &format!("{read}/srv/x")), "deny NO_GRANT");
    let Verdict::Allow(allowed) = verdict(&both, &format!("{read}/opt/acme/x"), None) else { panic!() };
    assert_eq!((allowed.scope.max_bytes, allowed.scope.root.as_deref()), (Some(100), Some("/opt/acme")));
    let Verdict::Allow(sent) = verdict(&both, "verb=report.send", None) else { panic!() };
    assert_eq!(sent.scope.redact, ["one", "two"]);
}

#[test]
fn a_forbid_in_any_layer_wins() {
    let org = grant("files.read", "paths = \"/\"") + "[[forbid]]\nverb = \"*\"\npaths = [\"/opt/secret\"]\n";
    let local = grant("files.read", "paths = \"/\"") + "[[forbid]]\nverb = \"files.read\"\npaths = [\"/home/**\"]\n";
    let both = load(&[("10-org.toml", format!("{HEAD}{org}")), ("50-hq.toml", format!("{HEAD}{local}"))]);
    for (path, expected) in
        [("/opt/secret/x", "deny FORBIDDEN"), ("/home", "deny FORBIDDEN"), ("/opt/secrets", "allow")]
    {
        assert_eq!(decision(&both, &format!("verb=files.read path={path}")), expected, "{path}");
    }
}

#[test]
fn a_forbid_that_cannot_be_evaluated_denies() {
    let text = grant("snmp.read", "cidr = [\"10.1.0.0/16\"]")
        + &grant("inventory.read", "categories = \"*\"")
        + "[[forbid]]\nverb = \"*\"\noids = [\"1.3.6.1.4\"]\n";
    let rules = rules(&text);
    let read = "verb=snmp.read address=10.1.1.1 credential=core";
    assert_eq!(decision(&rules, read), "deny FORBID_ERROR");
    assert_eq!(decision(&rules, &format!("{read} oid=1.3.6.1.2.1.1")), "allow");
    assert_eq!(decision(&rules, &format!("{read} oid=1.3.6.1.4.1.9")), "deny FORBIDDEN");
    // What is above would bring the forbidden along.
    assert_eq!(decision(&rules, &format!("{read} oid=1.3.6.1")), "deny FORBIDDEN");
    // A verb that has no such argument is not what the rule is about.
    assert_eq!(decision(&rules, "verb=inventory.read category=cpu"), "allow");
}

#[test]
fn a_forbid_of_addresses_sees_through_every_name_for_one() {
    let text = grant("snmp.read", "cidr = [\"10.0.0.0/8\", \"64:ff9b::/96\", \"2002::/16\"]")
        + &grant("http.fetch", "origins = [\"http://10.1.99.7\", \"https://plc.example\"]")
        + "[[forbid]]\nverb = \"*\"\ncidr = [\"10.1.99.0/24\"]\n";
    let rules = rules(&text);
    for address in ["10.1.99.7", "::ffff:10.1.99.7", "64:ff9b::10.1.99.7", "2002:a01:6307::1", "10.1.1.1,10.1.99.7"] {
        assert_eq!(decision(&rules, &format!("verb=snmp.read addresses={address}")), "deny FORBIDDEN", "{address}");
    }
    assert_eq!(decision(&rules, "verb=snmp.read address=10.1.98.7"), "allow");
    assert_eq!(decision(&rules, "verb=http.fetch origin=http://10.1.99.7"), "deny FORBIDDEN");
    // A name is looked up first; what is sent goes to addresses, and those are seen.
    assert_eq!(decision(&rules, "verb=http.fetch origin=https://plc.example"), "allow");
    assert_eq!(decision(&rules, "verb=http.fetch origin=https://plc.example address=10.1.99.9"), "deny FORBIDDEN");
}

#[test]
fn a_grant_that_limits_an_argument_does_not_cover_a_call_that_lacks_it() {
    let text = grant("snmp.read", "cidr = [\"10.1.0.0/16\"]\ncredentials = [\"core\"]\noids = [\"1.3.6.1.2\"]")
        + &grant("http.fetch", "origins = [\"https://a.example\"]\nmethods = [\"GET\"]")
        + &grant(
            "pkg.install",
            "publishers = [\"acme\"]\nnames = [\"acme-*\"]\ninto = \"/opt/acme\"\nmin_version = { acme-a = \"2.4\" }",
        )
        + &grant("inventory.read", "categories = [\"cpu\"]");
    let rules = rules(&text);
    let whole = [
        "verb=snmp.read address=10.1.1.1 credential=core oid=1.3.6.1.2.1",
        "verb=http.fetch origin=https://a.example method=GET",
        "verb=pkg.install publisher=acme name=acme-a version=2.10 into=/opt/acme/x",
        "verb=inventory.read category=cpu",
    ];
    for call in whole {
        assert_eq!(decision(&rules, call), "allow", "{call}");
        for lacking in call.split(' ').skip(1) {
            let less = call.replace(&format!(" {lacking}"), "");
            assert_eq!(decision(&rules, &less), "deny NO_GRANT", "{less}");
        }
    }
    assert_eq!(
        decision(&rules, "verb=pkg.install publisher=acme name=acme-a version=2.3.9 into=/opt/acme"),
        "deny NO_GRANT"
    );
    assert_eq!(decision(&rules, "verb=inventory.read categories=cpu,memory"), "deny NO_GRANT");
}

#[test]
fn forbidden_categories_are_taken_out_of_what_is_shown() {
    let text = grant("inventory.read", "categories = \"*\"")
        + "[[forbid]]\nverb = \"inventory.read\"\ncategories = [\"user\", \"process\"]\n";
    let rules = rules(&text);
    assert_eq!(decision(&rules, "verb=inventory.read category=user"), "deny FORBIDDEN");
    assert_eq!(decision(&rules, "verb=inventory.read section=users"), "deny FORBIDDEN");
    assert_eq!(decision(&rules, "verb=inventory.read sections=cpus,users"), "deny FORBIDDEN");
    let view = allowed(&rules, "verb=inventory.read section=hardware").scope.view;
    assert!(!view.has_category("user") && view.has_category("hardware"));
    assert_eq!(decision(&rules, "verb=inventory.read section=nothing_of_that_name"), "deny NO_GRANT");
}

#[test]
fn windows_and_moments() {
    let text = grant("files.write", "paths = \"/opt\"\nmax_bytes = 9")
        + "[[limits.window]]\nverbs = [\"files.write\"]\ndays = [\"mon-fri\"]\nfrom = \"20:00\"\nto = \"06:00\"\n"
        + "[[forbid]]\nname = \"freeze\"\nverb = \"files.write\"\nwhen = { from = \"2026-12-18T00:00:00Z\", to = \"2027-01-05T00:00:00Z\" }\n";
    let rules = rules(&text);
    let at = |moment| verdict(&rules, "verb=files.write path=/opt/x", Some(moment)).to_string();
    // 2026-11-20 is a Friday; a window belongs to the day on which it begins.
    for (moment, expected) in [
        ("2026-11-20T19:59:59Z", "deny WINDOW"),
        ("2026-11-20T20:00:00Z", "allow"),
        ("2026-11-21T05:59:59Z", "allow"),
        ("2026-11-21T06:00:00Z", "deny WINDOW"),
        ("2026-11-21T21:00:00Z", "deny WINDOW"),
        ("2026-11-23T05:00:00Z", "deny WINDOW"),
        ("2026-11-24T05:00:00Z", "allow"),
        ("2026-12-17T23:59:59Z", "allow"),
        ("2026-12-18T00:00:00Z", "deny FORBIDDEN"),
        ("2027-01-04T23:00:00Z", "deny FORBIDDEN"),
        ("2027-01-05T00:00:00Z", "allow"),
    ] {
        assert_eq!(at(moment), expected, "{moment}");
    }
    let Verdict::Deny(refusal) = verdict(&rules, "verb=files.write path=/opt/x", Some("2026-11-21T12:00:00Z")) else {
        panic!()
    };
    assert!(refusal.why.contains("2026-11-23T20:00:00Z") && refusal.why.contains("50-hq.toml:"), "{}", refusal.why);
    // By the machine's own time.
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    let circumstances =
        Circumstances { zone: TimeZone::fixed(jiff::tz::offset(2)), ..rules.usual_circumstances(&asker) };
    let here = rules.for_run(&asker, &circumstances);
    let ask = Ask::path(Verb::FilesWrite, "/opt/x");
    assert_eq!(here.decide(&ask, "2026-11-20T18:30:00Z".parse().unwrap()).to_string(), "allow");
}

#[test]
fn a_credential_is_used_for_what_it_is_bound_to() {
    let text = grant("snmp.read", "cidr = [\"10.0.0.0/8\"]") + &grant("esx.read", "hosts = [\"*.example\"]");
    let rules = rules(&text);
    for (call, expected) in [
        ("verb=snmp.read address=10.1.1.1 credential=core", "allow"),
        ("verb=snmp.read address=10.2.1.1 credential=core", "deny CREDENTIAL_BINDING"),
        ("verb=snmp.read addresses=10.1.1.1,10.2.1.1 credential=core", "deny CREDENTIAL_BINDING"),
        ("verb=snmp.read address=10.1.1.1 credential=other", "deny CREDENTIAL_BINDING"),
        ("verb=snmp.read address=10.1.1.1 credential=server:4", "deny NO_GRANT"),
        ("verb=esx.read host=esx1.example credential=core", "allow"),
        ("verb=esx.read host=esx2.example credential=core", "deny CREDENTIAL_BINDING"),
        ("verb=esx.read host=example credential=core", "deny NO_GRANT"),
    ] {
        assert_eq!(decision(&rules, call), expected, "{call}");
    }
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    let policy = rules.for_run(&asker, &rules.usual_circumstances(&asker));
    let ask =
        |address: &str| Ask { addresses: vec![address.parse().unwrap()], port: Some(161), ..Ask::new(Verb::SnmpRead) };
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(policy.credentials_for(&ask("10.1.1.1"), now), ["core"]);
    assert!(policy.credentials_for(&ask("10.2.1.1"), now).is_empty());
}

#[test]
fn credentials_are_tried_in_the_order_of_the_grant() {
    let credential = |name: &str| {
        format!("[credential.{name}]\nkind = \"snmpv2c\"\nsource = \"file:/etc/x\"\nuse_for = [\"10.1.0.0/16\"]\n")
    };
    let text = |own: &str| {
        let rest = format!("cidr = [\"10.1.0.0/16\"]\ncredentials = [{own}]");
        grant("snmp.read", &rest) + &["a", "b", "c"].map(credential).concat()
    };
    let names = |text: &str| {
        let rules = rules(text);
        let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
        let policy = rules.for_run(&asker, &rules.usual_circumstances(&asker));
        let addresses = vec!["10.1.1.1".parse().unwrap()];
        let ask = Ask { addresses, port: Some(161), ..Ask::new(Verb::SnmpRead) };
        policy.credentials_for(&ask, Timestamp::UNIX_EPOCH)
    };
    assert_eq!(names(&text("\"c\", \"a\"")), ["c", "a"]);
    assert_eq!(names(&text("\"b\", \"c\", \"a\"")), ["b", "c", "a"]);
}

#[test]
fn who_asks_is_proven_and_not_claimed() {
    let text = "[[grant]]\nserver = \"hq\"\ntask = \"*\"\nverb = \"inventory.read\"\ncategories = [\"cpu\"]\n"
        .to_owned()
        + "[[grant]]\nserver = \"hq\"\ntask = \"publisher:acme\"\nverb = \"files.read\"\npaths = \"/opt\"\n"
        + &format!(
            "[[grant]]\nserver = \"hq\"\ntask = \"sha256:{}\"\nverb = \"files.stat\"\npaths = \"/opt\"\n",
            "ab".repeat(32)
        );
    let rules = rules(&text);
    let decide = |server: &str, task: &str, publisher: Option<&str>, ask: &Ask| {
        let digest = publisher.map(|_| "AB".repeat(32));
        let asker = Asker {
            server: Some(server.into()),
            task: task.into(),
            publisher: publisher.map(Into::into),
            digest,
            ..Asker::default()
        };
        rules.for_run(&asker, &rules.usual_circumstances(&asker)).decide_at(ask, None).to_string()
    };
    let cpu = Ask { categories: vec!["cpu".into()], ..Ask::new(Verb::InventoryRead) };
    let read = Ask::path(Verb::FilesRead, "/opt/x");
    assert_eq!(decide("hq", "inventory", None, &cpu), "allow");
    assert_eq!(decide("hqq", "inventory", None, &cpu), "deny UNKNOWN_SERVER");
    assert_eq!(decide("hq", "acme-check", Some("acme"), &cpu), "allow");
    assert_eq!(decide("hq", "acme-check", Some("evil"), &cpu), "deny UNKNOWN_TASK");
    assert_eq!(decide("hq", "other-check", Some("acme"), &cpu), "deny UNKNOWN_TASK");
    // The names of the program's own tasks are signed by nobody, whatever a publisher may sign.
    assert_eq!(decide("hq", "inventory", Some("acme"), &cpu), "deny UNKNOWN_TASK");
    assert_eq!(decide("hq", "acme-check", Some("acme"), &read), "allow");
    assert_eq!(decide("hq", "acme-check", None, &read), "deny NO_GRANT");
    assert_eq!(decide("hq", "acme-check", Some("acme"), &Ask::path(Verb::FilesStat, "/opt/x")), "allow");
    assert_eq!(decide("hq", "acme-check", None, &Ask::path(Verb::FilesStat, "/opt/x")), "deny NO_GRANT");
}

#[test]
fn a_server_is_where_it_is_and_what_it_proves() {
    let pin = "sha256/3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let text = format!(
        "policy_version = 1\n[server.hq]\norigin = \"https://glpi.example:443\"\ntls = {{ pin_spki = [\"{pin}\"] }}\n"
    );
    let rules = load(&[("50-hq.toml", text)]);
    assert_eq!(rules.server_for("https://glpi.example", Some(pin)).map(|(name, _)| name), Some("hq"));
    assert!(rules.server_for("https://glpi.example", Some("sha256/other")).is_none());
    assert!(rules.server_for("https://glpi.example", None).is_none());
    assert!(rules.server_for("https://other.example", Some(pin)).is_none());
}

#[test]
fn limits_become_what_is_counted_for_whom() {
    let text = grant("net.probe", "cidr = \"10.0.0.0/8\"\npps = 20\nname = \"scan\"\nmax_hosts_per_day = 7")
        + "[limits]\nnet_pps = 100\nruns_per_day = 4\nhost_calls = 50\n[server.hq.limits]\nnet_pps = 30\nhost_calls = 40\n";
    let rules = rules(&text);
    let found = allowed(&rules, "verb=net.probe address=10.1.1.1").terms.allowances;
    let found: Vec<_> = found.iter().map(|one| (one.counted, one.period, one.most, one.shared.clone())).collect();
    for expected in [
        (Counted::Packets, Period::Second, 20, Shared::Grant("scan".into())),
        (Counted::Hosts, Period::Day, 7, Shared::Grant("scan".into())),
        (Counted::Packets, Period::Second, 100, Shared::Machine),
        (Counted::Packets, Period::Second, 30, Shared::Server("hq".into())),
    ] {
        assert!(found.contains(&expected), "{expected:?}: {found:?}");
    }
    assert_eq!(found.len(), 4);
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    let policy = rules.for_run(&asker, &rules.usual_circumstances(&asker));
    assert_eq!(policy.limit(airlock_gate::policy::LimitKey::HostCalls).map(|limit| limit.most), Some(40));
    assert_eq!(policy.runs().iter().map(|one| (one.counted, one.most)).collect::<Vec<_>>(), [(Counted::Runs, 4)]);
}

#[test]
fn a_dry_run_plans_what_changes_and_looks_at_the_rest() {
    let text = grant("files.read", "paths = \"/opt\"")
        + &grant("files.write", "paths = \"/opt\"")
        + &grant("net.probe", "cidr = \"10.0.0.0/8\"");
    let rules = load(&[("50-hq.toml", format!("mode = \"dry-run\"\n{HEAD}{text}"))]);
    assert_eq!(decision(&rules, "verb=files.read path=/opt/x"), "allow");
    assert_eq!(decision(&rules, "verb=files.write path=/opt/x"), "simulate WOULD_ALLOW");
    assert_eq!(decision(&rules, "verb=net.probe address=10.1.1.1"), "simulate WOULD_ALLOW");
    assert_eq!(decision(&rules, "verb=files.write path=/etc/x"), "deny NO_GRANT");
}

#[test]
fn a_comparison_lists_decisions_and_not_lines() {
    let old = rules(&grant("files.read", "paths = \"/opt\"\nmax_bytes = 9"));
    let new = rules(&format!("# moved\n\n{}", grant("files.read", "paths = [\"/srv\", \"/opt/acme\"]\nmax_bytes = 9")));
    let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
    let calls: Vec<_> = ["/opt/x", "/opt/acme/x", "/srv/x", "/etc/x", "/opt/x"]
        .iter()
        .map(|path| (asker.clone(), Ask::path(Verb::FilesRead, path)))
        .collect();
    let changes = diff(&old, &new, &calls);
    let changes: Vec<_> =
        changes.iter().map(|one| (one.call.as_str(), one.before.as_str(), one.after.as_str())).collect();
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert!(changes.contains(&("files.read /opt/x", "allow", "deny NO_GRANT")));
    assert!(changes.contains(&("files.read /srv/x", "deny NO_GRANT", "allow")));
    assert!(diff(&old, &old, &calls).is_empty());
}

#[test]
fn of_grants_that_say_the_same_the_first_is_named_and_one_is_counted() {
    let status = "[template.status]\nprogram = \"/usr/bin/uptime\"\n";
    let same = |name: &str| grant("exec.template", &format!("{name}templates = [\"status\"]"));
    let named = |text: &str| match verdict(&rules(text), "verb=exec.template template=status", None) {
        Verdict::Allow(allowed) => *allowed,
        Verdict::Deny(refusal) => panic!("{refusal:?}"),
    };
    let first = named(&format!("{status}{}{}", same(""), same("")));
    let alone = named(&format!("{status}{}", same("")));
    assert_eq!(first.rule, alone.rule);
    // Names say which of them is named, not where they stand.
    for text in [same("name = \"a\"\n") + &same("name = \"b\"\n"), same("name = \"b\"\n") + &same("name = \"a\"\n")] {
        assert!(named(&format!("{status}{text}")).rule.ends_with("\"a\""), "{text}");
    }
    // An approval, a window or a quota more is something else: the grant without goes first.
    let more = "[approval.ops]\nby = [\"group:wheel\"]\n".to_owned()
        + &grant("exec.template", "templates = [\"status\"]\napproval = \"ops\"");
    assert_eq!(named(&format!("{status}{more}{}", same(""))).terms.approvals, vec![]);
    assert_eq!(named(&format!("{status}{more}")).terms.approvals.len(), 1);
    // What is forbidden twice names the first.
    let forbid = "[[forbid]]\nverb = \"exec.template\"\n";
    let twice = |text: &str| verdict(&rules(text), "verb=exec.template template=status", None);
    let text = format!("{status}{}{forbid}{forbid}", same(""));
    let (Verdict::Deny(two), Verdict::Deny(one)) = (twice(&text), twice(&text.replacen(forbid, "", 1))) else {
        panic!()
    };
    assert!(two.why.contains("forbidden by") && two.why == one.why, "{} {}", two.why, one.why);
}

#[test]
fn a_publisher_is_known_by_its_keys_and_not_by_its_name() {
    const KEY: &str = "ed25519:MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const SAME: &str = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let read = "[[grant]]\nserver = \"hq\"\ntask = \"publisher:acme\"\nverb = \"files.read\"\npaths = \"/opt\"\n";
    let two = format!("[publisher.two]\nkeys = [\"{KEY}\", \"{OTHER}\"]\nthreshold = 2\nnames = [\"two-*\"]\n");
    let rules = rules(&format!("{read}{}{two}", read.replace("acme", "two")));
    let decide = |task: &str, called: &str, keys: &[&str]| {
        let asker = Asker {
            server: Some("hq".into()),
            task: task.into(),
            publisher: Some(called.into()),
            publisher_keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            ..Asker::default()
        };
        let circumstances = Circumstances { publisher_is_given: false, ..rules.usual_circumstances(&asker) };
        rules.for_run(&asker, &circumstances).decide_at(&Ask::path(Verb::FilesRead, "/opt/x"), None).to_string()
    };
    assert_eq!(decide("acme-check", "acme", &[KEY]), "allow");
    assert_eq!(decide("acme-check", "acme", &[SAME]), "allow", "in another spelling");
    assert_eq!(decide("acme-check", "whoever", &[OTHER, KEY]), "allow", "under another name");
    // Another key that somebody trusts under the right name.
    assert_eq!(decide("acme-check", "acme", &[OTHER]), "deny UNKNOWN_TASK");
    assert_eq!(decide("acme-check", "acme", &[]), "deny UNKNOWN_TASK");
    assert_eq!(decide("two-check", "two", &[KEY, SAME]), "deny UNKNOWN_TASK", "one key twice is one key");
    assert_eq!(decide("two-check", "two", &[OTHER, SAME]), "allow");
}

#[test]
fn what_a_server_may_set_and_how_it_calls_credentials() {
    let server = "[server.lab]\norigin = \"https://lab.example\"\nserver_may_set = [\"tag\"]\ncredential_map = { \"4\" = \"core\" }\n";
    let own = "[[grant]]\nserver = \"lab\"\ntask = \"netinventory\"\nverb = \"snmp.read\"\ncidr = [\"10.1.0.0/16\"]\ncredentials = [\"core\"]\nallow_server_credentials = true\n";
    let rules = rules(&format!("{server}{own}"));
    let (hq, lab) = (&rules.servers["hq"], &rules.servers["lab"]);
    assert!(lab.may_set("tag") && !lab.may_set("contact_interval") && !hq.may_set("tag"));
    assert_eq!((lab.credential("4"), lab.credential("core"), hq.credential("4")), ("core", "core", "4"));
    let asker = |server: &str, task: &str| Asker { server: Some(server.into()), task: task.into(), ..Asker::default() };
    assert!(rules.allows_server_credentials(&asker("lab", "netinventory")));
    assert!(!rules.allows_server_credentials(&asker("lab", "deploy")));
    assert!(!rules.allows_server_credentials(&asker("hq", "netinventory")));
}

#[test]
fn a_grants_limits_of_a_run_hold_for_the_runs_that_it_is_for() {
    use airlock_gate::policy::LimitKey;
    let rules = rules(&format!(
        "[limits]\nwall_seconds = 600\n{}",
        grant("files.read", "paths = [\"/opt\"]\nlimits = { wall_seconds = 60, memory_mb = 9 }")
    ));
    let limits = |task: &str| {
        let asker = Asker { server: Some("hq".into()), task: task.into(), ..Asker::default() };
        let policy = rules.for_run(&asker, &rules.usual_circumstances(&asker));
        [LimitKey::WallSeconds, LimitKey::MemoryMb].map(|key| policy.limit(key).map(|limit| limit.most))
    };
    assert_eq!((limits("deploy"), limits("inventory")), ([Some(60), Some(9)], [Some(600), None]));
}

#[test]
fn a_grant_to_servers_is_not_for_neighbours_and_a_forbid_is() {
    let send = |to: &str| format!("[[grant]]\nserver = {to}\ntask = \"inventory\"\nverb = \"report.send\"\n");
    let decided = |text: &str, server: &str| {
        let words = [("server", server), ("task", "inventory"), ("verb", "report.send")];
        let (asker, ask) = call_of(&words.map(|(key, value)| (key.to_owned(), value.to_owned()))).unwrap();
        let rules = rules(text);
        rules.for_run(&asker, &rules.usual_circumstances(&asker)).decide_at(&ask, None).to_string()
    };
    let both = |text: &str| [decided(text, "hq"), decided(text, "neighbours")];
    assert_eq!(both(&send("\"*\"")), ["allow", "deny NO_GRANT"]);
    assert_eq!(both(&send("[\"hq\", \"neighbours\"]")), ["allow", "allow"]);
    assert_eq!(
        both(&(send("[\"hq\", \"neighbours\"]") + "[[forbid]]\nverb = \"*\"\n")),
        ["deny FORBIDDEN", "deny FORBIDDEN"]
    );
    assert_eq!(both(&send("\"neighbours\"")), ["deny NO_GRANT", "allow"]);
    let named =
        PolicyFile::new("50-n.toml", "policy_version = 1\n[server.neighbours]\norigin = \"https://a.example\"\n");
    let problems = Rules::parse(&[named]).unwrap_err();
    assert!(format!("{problems:?}").contains("who gets the inventory from this machine itself"), "{problems:?}");
    // Neither says what the other does.
    let rules = rules(&(send("\"*\"") + &send("\"neighbours\"")));
    let codes: Vec<&str> = lint(&rules).problems.iter().map(|problem| problem.code).collect();
    assert!(!codes.contains(&"W401") && !codes.contains(&"W402"), "{codes:?}");
}
