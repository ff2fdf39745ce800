//! Jobs: no secret stays in what a component sees, and what the network's jobs ask for is read.

#![allow(clippy::unwrap_used, reason = "a test's helpers too")]

use airlock_protocol::answers::{Answer, Jobs, Reply};
use airlock_protocol::bodies::Limits;
use airlock_protocol::jobs::{
    Credential, Discovery, Hive, Job, JobError, Protocol, Query, RawJob, Secret, SecretText, registry, wake_on_lan,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;

fn reply(option: &str) -> Reply {
    let text = format!("<REPLY><OPTION>{option}</OPTION></REPLY>");
    Answer::read(None, text.as_bytes(), &Limits::default()).unwrap().answer.xml().unwrap()
}

fn taken(option: &str) -> (Job, Vec<Credential>) {
    reply(option).options.remove(0).without_secrets("h/")
}

fn job(option: &str) -> Job {
    taken(option).0
}

fn endpoint(job: &Value) -> RawJob {
    let text = json!({"jobs": [job]}).to_string();
    let message = Answer::read(None, text.as_bytes(), &Limits::default()).unwrap().answer.json().unwrap();
    Jobs::of(message, "deploy").unwrap().jobs.remove(0)
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text)
}

const DISCOVERY: &str = r#"<NAME>NETDISCOVERY</NAME><PARAM PID="187" THREADS_DISCOVERY="20" TIMEOUT="1"/>
    <RANGEIP ID="4" IPSTART="192.0.2.1" IPEND="192.0.2.254" ENTITY="0" PORT="161, 1161,161,0" PROTOCOL="tcp/ipv4,UDP,x"/>
    <RANGEIP ID="5" IPSTART="192.0.2.9" IPEND="192.0.2.1"/><RANGEIP IPSTART="2001:db8::1" IPEND="2001:db8::2"/>
    <AUTHENTICATION><ID>1</ID><VERSION>2c</VERSION><COMMUNITY>canary-c</COMMUNITY></AUTHENTICATION>
    <AUTHENTICATION ID="2" VERSION="3" USERNAME="canary-u" AUTHPROTOCOL="SHA" AUTHPASSPHRASE="canary-a" PRIVPROTOCOL="AES" PRIVPASSPHRASE="canary-p" COMMUNITY=""/>
    <AUTHENTICATION ID="3" TYPE="ssh" USERNAME="canary-user" PASSWORD="canary-pw" PORT="2222"/>
    <AUTHENTICATION ID="4" VERSION="1"/>"#;

#[test]
fn snmp_credentials_become_handles() {
    let (job, credentials) = taken(DISCOVERY);
    assert!(!serde_json::to_string(&job.body).unwrap().contains("canary"), "{job:?}");
    assert_eq!(
        credentials,
        [
            Credential {
                handle: "h/1".into(),
                id: Some("1".into()),
                secret: Secret::Snmp {
                    version: "2c".into(),
                    community: Some(secret("canary-c")),
                    user: None,
                    auth_protocol: None,
                    auth_passphrase: None,
                    priv_protocol: None,
                    priv_passphrase: None,
                },
            },
            Credential {
                handle: "h/2".into(),
                id: Some("2".into()),
                secret: Secret::Snmp {
                    version: "3".into(),
                    community: None,
                    user: Some("canary-u".into()),
                    auth_protocol: Some("SHA".into()),
                    auth_passphrase: Some(secret("canary-a")),
                    priv_protocol: Some("AES".into()),
                    priv_passphrase: Some(secret("canary-p")),
                },
            },
            Credential {
                handle: "h/3".into(),
                id: Some("3".into()),
                secret: Secret::Login { user: Some("canary-user".into()), password: secret("canary-pw") },
            },
        ]
    );
    assert!(!format!("{credentials:?}").contains("canary-a"));
    let raw = reply(DISCOVERY);
    assert!(!format!("{raw:?}").contains("canary"), "a reply's jobs are not shown");
    let discovery = Discovery::of(&job).unwrap();
    let handles: Vec<_> = discovery.credentials.iter().map(|c| c.handle.as_deref()).collect();
    assert_eq!(handles, [Some("h/1"), Some("h/2"), Some("h/3"), None]);
    assert_eq!(discovery.credentials[2].kind.as_deref(), Some("ssh"));
    assert_eq!(discovery.credentials[2].ports, [2222]);
}

#[test]
fn ranges_of_a_discovery() {
    let discovery = Discovery::of(&job(DISCOVERY)).unwrap();
    assert_eq!((discovery.pid.as_str(), discovery.threads, discovery.timeout), ("187", 20, Duration::from_secs(1)));
    assert_eq!(discovery.ranges.len(), 2);
    assert_eq!(discovery.ranges[0].last.to_string(), "192.0.2.254");
    assert_eq!(discovery.ranges[0].entity.as_deref(), Some("0"));
    assert_eq!(discovery.ranges[0].ports, [161, 1161]);
    assert_eq!(discovery.ranges[0].protocols, [Protocol::TcpIpv4, Protocol::Udp]);
    assert_eq!(discovery.notes.len(), 3, "{:?}", discovery.notes);
    for (option, what) in [
        ("<NAME>NETDISCOVERY</NAME>", "PARAM with a PID"),
        ("<NAME>NETDISCOVERY</NAME><PARAM TIMEOUT='1'/>", "PARAM with a PID"),
        ("<NAME>NETDISCOVERY</NAME><PARAM PID='1'/>", "RANGEIP"),
        ("<NAME>NETDISCOVERY</NAME><PARAM PID='1'/><RANGEIP IPSTART='192.0.2.1' IPEND='::1'/>", "RANGEIP"),
    ] {
        assert!(matches!(Discovery::of(&job(option)), Err(JobError::Missing { what: w, .. }) if w == what), "{option}");
    }
    assert!(matches!(Discovery::of(&job("<NAME>SNMPQUERY</NAME>")), Err(JobError::Task { .. })));
}

#[test]
fn devices_of_a_query() {
    let query = Query::of(&job(
        r#"<NAME>SNMPQUERY</NAME><PARAM PID="1280265498/024" THREADS_QUERY="0"/>
           <DEVICE ID="12" IP="192.0.2.7" TYPE="PRINTER" AUTHSNMP_ID="2" FILE="/etc/shadow"/><DEVICE IP="nowhere"/><DEVICE/>"#,
    ))
    .unwrap();
    assert_eq!((query.pid.as_str(), query.threads, query.silent), ("1280265498/024", 1, false));
    assert_eq!(query.timeout, Duration::from_secs(60));
    assert_eq!(query.devices.len(), 1);
    assert_eq!(query.devices[0].credential.as_deref(), Some("2"));
    assert_eq!(query.devices[0].kind.as_deref(), Some("PRINTER"));
    let notes: Vec<_> = query.notes.iter().map(|note| note.0.as_str()).collect();
    assert_eq!(notes, ["DEVICE: FILE is not heard", "DEVICE: \"nowhere\" is no address, left out"]);
    let own = "<NAME>SNMPQUERY</NAME><PARAM PID='1'/><DEVICE IP='192.0.2.7' PID='9'/>";
    assert!(Query::of(&job(own)).unwrap().silent);
    let only_own = "<NAME>SNMPQUERY</NAME><PARAM TIMEOUT='1'/><DEVICE IP='192.0.2.7' PID='9'/>";
    let query = Query::of(&job(only_own)).unwrap();
    assert!(query.silent && query.pid == "9");
    let neither = "<NAME>SNMPQUERY</NAME><PARAM TIMEOUT='1'/><DEVICE IP='192.0.2.7'/>";
    assert!(matches!(Query::of(&job(neither)), Err(JobError::Missing { what: "PARAM with a PID", .. })));
    let none = "<NAME>SNMPQUERY</NAME><PARAM PID='1'/><DEVICE/>";
    assert!(matches!(Query::of(&job(none)), Err(JobError::Missing { what: "DEVICE", .. })));
}

#[test]
fn machines_to_wake() {
    let option = "<NAME>WAKEONLAN</NAME><PARAM MAC='02:00:00:00:00:0A'/><PARAM MAC='02-00-00-00-00-0a' IP='192.0.2.1'/>
        <PARAM MAC='02000000000b'/><PARAM MAC='02:00:00:00:00'/><PARAM MAC='02:00:00:00:00:+a'/><PARAM MAC='é2000000000'/><PARAM/>";
    let (macs, notes) = wake_on_lan(&job(option)).unwrap();
    assert_eq!(macs, [[2, 0, 0, 0, 0, 10], [2, 0, 0, 0, 0, 11]]);
    assert_eq!(notes.len(), 3);
    assert!(wake_on_lan(&job("<NAME>WAKEONLAN</NAME><PARAM MAC='x'/>")).is_err());
}

#[test]
fn values_of_the_registry() {
    let option = "<NAME>REGISTRY</NAME><PARAM NAME='a' REGKEY='SOFTWARE/A' REGTREE='2'>*</PARAM>
        <PARAM NAME='b' REGKEY='SOFTWARE/B' REGTREE='0'>Version</PARAM><PARAM NAME='c' REGTREE='9' REGKEY='x'/>";
    let (values, notes) = registry(&job(option)).unwrap();
    assert_eq!((values[0].hive, values[0].value.as_str()), (Hive::LocalMachine, "*"));
    assert_eq!((values[1].hive, values[1].value.as_str()), (Hive::ClassesRoot, "Version"));
    assert_eq!((values.len(), notes.len()), (2, 1));
}

#[test]
fn passwords_and_urls_of_other_jobs() {
    let raw = endpoint(&json!({
        "uuid": "1", "host": "192.0.2.9", "user": "canary-root", "password": "canary-pw",
        "mirrors": ["https://canary-u:canary-p@Mirror.test:8443/b?x=1", "https://plain.test/a@b"],
        "actions": [{"cmd": {"exec": "curl http://canary-v@web.test/x 'ftp://canary-w:canary:x@y@f.test'", "pass": {"content": "canary-in"}}}],
        "credential": "h/1", "token": 77123,
    }));
    let (job, credentials) = raw.without_secrets("h/");
    let text = serde_json::to_string(&job.body).unwrap();
    assert!(!text.contains("canary") && !text.contains("77123"), "{text}");
    assert_eq!(job.body["mirrors"], json!(["https://Mirror.test:8443/b?x=1", "https://plain.test/a@b"]));
    let urls: Vec<_> = credentials
        .iter()
        .filter_map(|credential| match &credential.secret {
            Secret::Url { origin, user, password } => Some((origin.as_str(), user.as_str(), password.reveal())),
            _ => None,
        })
        .collect();
    assert_eq!(
        urls,
        [
            ("http://web.test", "canary-v", ""),
            ("ftp://f.test", "canary-w", "canary:x@y"),
            ("https://mirror.test:8443", "canary-u", "canary-p")
        ]
    );
    let login = credentials.iter().find(|c| job.body["credential"] == c.handle.as_str()).unwrap();
    let expected = Secret::Login { user: Some("canary-root".into()), password: secret("canary-pw") };
    assert_eq!(login.secret, expected, "what the server called credential is not taken for ours");
    let handles: std::collections::BTreeSet<_> = credentials.iter().map(|c| &c.handle).collect();
    assert_eq!(handles.len(), credentials.len());
}

#[test]
fn secrets_by_the_thousand_take_neither_time_nor_memory() {
    let urls = "a://u:p@".repeat(200_000);
    let (job, credentials) =
        endpoint(&json!({"text": urls, "list": vec![json!({"password": "CANARY"}); 20_000]})).without_secrets("h/");
    assert_eq!(credentials.len(), 2000);
    assert!(job.notes[0].0.starts_with("more than 2000 secrets in a job, the rest left out"), "{:?}", job.notes);
    let text = serde_json::to_string(&job.body).unwrap();
    assert!(!text.contains("CANARY") && !text.contains('@'));
}

/// JSON with canaries where secrets stand, at any depth and in any wrapping.
fn hiding() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("password"),
        Just("PASSWORD"),
        Just("Community"),
        Just("AUTHPASSPHRASE"),
        Just("PRIVPASSWORD"),
        Just("Pass"),
        Just("token"),
        Just("credential"),
        Just("SECRET"),
        Just("RemotePass"),
    ];
    let canary = prop_oneof![
        Just(json!("CANARY")),
        Just(json!(["CANARY"])),
        Just(json!({"content": "CANARY"})),
        Just(json!({"x": {"y": "CANARY"}})),
    ];
    let leaf = (name, canary).prop_map(|(name, canary)| json!({name: canary}));
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
            (prop_oneof![Just("a"), Just("AUTHENTICATION"), Just("user"), Just("password")], inner.clone()).prop_map(|(n, v)| json!({n: v})),
            inner.prop_map(|v| json!({"VERSION": "2c", "COMMUNITY": "CANARY", "user": "CANARY", "in": v, "url": "http://CANARY:CANARY@h/"})),
        ]
    })
}

proptest! {
    #[test]
    fn no_secret_stays_wherever_it_stands(inner in hiding()) {
        let raw = endpoint(&json!({"AUTHENTICATION": inner}));
        let (job, credentials) = raw.without_secrets("h/");
        prop_assert!(!credentials.is_empty());
        let text = serde_json::to_string(&job.body).unwrap();
        prop_assert!(!text.contains("CANARY"), "{text}");
    }

    #[test]
    fn urls_keep_all_but_who(user in "[a-z0-9]{0,5}(:[a-z0-9]{0,5})?", host in "[a-z]{1,5}(:[0-9]{1,4})?", path in "(/[a-z@]{0,5})?") {
        let raw = endpoint(&json!({"remote": format!("https://{user}@{host}{path}")}));
        let (job, credentials) = raw.without_secrets("h/");
        prop_assert_eq!(&job.body["remote"], &json!(format!("https://{host}{path}")));
        prop_assert_eq!(credentials.len(), 1);
    }
}
