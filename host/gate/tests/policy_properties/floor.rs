//! 6. No policy allows what the floor refuses, however wide it is.

use super::made::{HEAD, one_file, parsed, policy, some_rules};
use airlock_gate::policy::{OWNER, PolicyFile, Rules, Verdict};
use airlock_gate::{Ask, Asker, Verb};
use proptest::prelude::*;
use std::net::IpAddr;

/// As wide as the language goes.
const WIDE: &str = r#"
[[grant]]
server = "*"
task = "*"
verb = "snmp.read"
cidr = ["0.0.0.0/0", "::/0"]
[[grant]]
server = "*"
task = "*"
verb = "net.probe"
cidr = ["0.0.0.0/0", "::/0"]
[[grant]]
server = "*"
task = "*"
verb = "files.read"
paths = ["/**"]
[[grant]]
server = "*"
task = "*"
verb = "files.write"
paths = ["/"]
[[grant]]
server = "*"
task = "*"
verb = "registry.read"
keys = ["HKLM"]
[[grant]]
server = "*"
task = "*"
verb = "http.fetch"
origins = ["http://localhost", "http://127.0.0.1", "http://a.localhost:8080", "http://[::1]", "https://a.example"]
"#;

fn wide(more: &str) -> Rules {
    parsed(&[PolicyFile::new("50-a.toml", format!("policy_version = 1\n{HEAD}{WIDE}{more}"))])
}

fn hq() -> Asker {
    Asker { server: Some("hq".into()), task: "netinventory".into(), ..Asker::default() }
}

fn code(rules: &Rules, asker: &Asker, ask: &Ask) -> String {
    policy(rules, asker).decide_at(ask, None).to_string()
}

/// Addresses of the floor, in a form that an attacker chooses.
fn never() -> impl Strategy<Value = IpAddr> {
    let v4 = prop_oneof![
        any::<[u8; 3]>().prop_map(|[b, c, d]| [127, b, c, d]),
        any::<[u8; 3]>().prop_map(|[b, c, d]| [0, b, c, d]),
        any::<[u8; 2]>().prop_map(|[c, d]| [169, 254, c, d]),
        (224u8..=239, any::<[u8; 3]>()).prop_map(|(a, [b, c, d])| [a, b, c, d]),
        Just([255, 255, 255, 255]),
    ];
    (v4, 0..6).prop_map(|([a, b, c, d], form)| {
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        match form {
            0 => IpAddr::from([a, b, c, d]),
            1 => IpAddr::from([0, 0, 0, 0, 0, 0xffff, high, low]),
            2 => IpAddr::from([0x64, 0xff9b, 0, 0, 0, 0, high, low]),
            3 => IpAddr::from([0x2002, high, low, 1, 0, 0, 0, 1]),
            4 => IpAddr::from([0xfd00, 0, 0, 0, 0, 0x5efe, high, low]),
            _ => IpAddr::from([0x2001, 0, 0x0a01, 1, 0, 0, !high, !low]),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_policy_reaches_an_address_of_the_floor(rules in some_rules(), address in never()) {
        let more: String = rules.iter().filter(|rule| rule.is_grant).map(|rule| rule.text.as_str()).collect();
        let rules = wide(&more);
        for verb in [Verb::NetProbe, Verb::SnmpRead] {
            let ask = Ask { addresses: vec![address], port: Some(161), method: Some("icmp".into()), ..Ask::new(verb) };
            prop_assert!(code(&rules, &hq(), &ask).starts_with("deny "), "{address}");
            // Among others that may be reached it is refused as well.
            let ask = Ask { addresses: vec!["10.1.1.1".parse().unwrap(), address], ..ask };
            prop_assert!(code(&rules, &hq(), &ask).starts_with("deny "), "{address}");
        }
    }

    #[test]
    fn no_policy_touches_what_is_the_agents_own(rules in some_rules(), name in "[a-z]{1,8}(/[a-z]{1,8}){0,2}") {
        let rules = parsed(&one_file(&rules));
        for folder in ["/etc/airlock", "/var/lib/airlock", "/var/log/airlock", "/dev"] {
            for verb in [Verb::FilesRead, Verb::FilesWrite, Verb::FilesStat] {
                let verdict = policy(&rules, &hq()).decide_at(&Ask::path(verb, &format!("{folder}/{name}")), None);
                prop_assert!(!matches!(verdict, Verdict::Allow(_)));
            }
        }
    }
}

#[test]
fn each_item_of_the_floor_has_its_code_and_its_twin() {
    let rules = wide("");
    let probe = |address: &str| Ask { addresses: vec![address.parse().unwrap()], ..Ask::new(Verb::NetProbe) };
    for (address, code_of_it) in [
        ("127.0.0.1", "LOOPBACK"),
        ("::1", "LOOPBACK"),
        ("169.254.169.254", "LINK_LOCAL"),
        ("fd00:ec2::254", "LINK_LOCAL"),
        ("fe80::1", "LINK_LOCAL"),
        ("224.0.0.251", "MULTICAST"),
        ("255.255.255.255", "BROADCAST"),
        ("0.0.0.0", "UNSPECIFIED"),
    ] {
        assert_eq!(code(&rules, &hq(), &probe(address)), format!("deny {code_of_it}"));
    }
    assert_eq!(code(&rules, &hq(), &probe("10.1.1.1")), "allow");
    let path = |verb, path: &str| Ask::path(verb, path);
    for (ask, code_of_it) in [
        (path(Verb::FilesRead, "/etc/airlock/airlock.toml"), "AGENT_PATH"),
        (path(Verb::FilesWrite, "/var/lib/airlock"), "AGENT_PATH"),
        (path(Verb::FilesRead, "/dev/sda"), "DEVICE_PATH"),
        (path(Verb::FilesRead, "//server/share"), "DEVICE_PATH"),
        (path(Verb::FilesRead, "\\\\server\\share"), "DEVICE_PATH"),
        (path(Verb::FilesRead, "/opt/../etc/shadow"), "BAD_NAME"),
        (path(Verb::FilesRead, "/opt//x"), "BAD_NAME"),
        (path(Verb::FilesRead, "etc/shadow"), "BAD_NAME"),
    ] {
        assert_eq!(code(&rules, &hq(), &ask), format!("deny {code_of_it}"), "{ask:?}");
    }
    for fine in ["/etc/airlock2/x", "/etc/airlock.toml", "/device/x", "/opt/...", "/opt/a..b"] {
        assert_eq!(code(&rules, &hq(), &path(Verb::FilesRead, fine)), "allow", "{fine}");
    }
    let key = |key: &str| Ask { key: Some(key.into()), ..Ask::new(Verb::RegistryRead) };
    for secret in [
        "HKLM\\SAM",
        "hklm\\sam\\domains",
        "HKEY_LOCAL_MACHINE/SECURITY/Policy/Secrets",
        "HKLM\\\\SAM",
        "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\DefaultPassword",
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\Secrets",
        "HKLM\\SYSTEM\\ControlSet001\\Control\\LSA",
    ] {
        assert_eq!(code(&rules, &hq(), &key(secret)), "deny SECRET_HIVE", "{secret}");
    }
    assert_eq!(code(&rules, &hq(), &key("HKLM\\SOFTWARE\\Acme")), "allow");
    let fetch = |origin: &str| Ask { origin: Some(origin.into()), ..Ask::new(Verb::HttpFetch) };
    for origin in [
        "http://localhost",
        "http://127.0.0.1",
        "http://a.localhost:8080",
        "http://[::1]",
        "http://2130706433",
        "http://0x7f.1",
    ] {
        assert_eq!(code(&rules, &hq(), &fetch(origin)), "deny LOOPBACK", "{origin}");
    }
    assert_eq!(code(&rules, &hq(), &fetch("https://a.example")), "allow");
}

#[test]
fn a_server_that_proves_nothing_changes_nothing() {
    let rules = wide("");
    let lab = Asker { server: Some("lab".into()), task: "deploy".into(), ..Asker::default() };
    let write = Ask::path(Verb::FilesWrite, "/opt/x");
    assert_eq!(code(&rules, &lab, &write), "deny NO_TLS");
    assert_eq!(code(&rules, &hq(), &write), "allow");
    // A policy that says https is not enough: the connection has to have proven it.
    let unproven = rules.for_run(&hq(), &Default::default());
    assert_eq!(unproven.decide_at(&write, None).to_string(), "deny NO_TLS");
}

#[test]
fn the_owners_own_command_reaches_what_it_names() {
    let rules = wide("");
    let owner = Asker { server: None, task: "netinventory".into(), ..Asker::default() };
    let probe = Ask { addresses: vec!["127.0.0.1".parse().unwrap()], ..Ask::new(Verb::NetProbe) };
    assert_eq!(code(&rules, &owner, &probe), "allow");
    assert_eq!(code(&rules, &owner, &Ask::path(Verb::FilesRead, "/etc/airlock/x")), "deny AGENT_PATH");
    let named = format!(
        "policy_version = 1\n[[grant]]\nserver = \"{OWNER}\"\ntask = \"*\"\nverb = \"net.probe\"\ncidr = [\"10.0.0.0/8\"]\n"
    );
    let rules = parsed(&[PolicyFile::new("50-a.toml", named)]);
    assert_eq!(code(&rules, &owner, &probe), "deny NO_GRANT");
}
