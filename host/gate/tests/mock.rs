//! A mocked machine answers as its file says, by the rules of a real one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

mod nobody;

use airlock_gate::calls::{
    Bytes, FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite, HttpSend, Kind, Method, Peer,
    SnmpGet, SnmpOpen, SnmpWalk, Syntax, Target, Transport,
};
use airlock_gate::mock::Mock;
use airlock_gate::{CallError, Code, Command, Native, PathUnder, Scope};
use airlock_model::{Row, Value};
use nobody::Nobody;
use std::sync::Arc;

const MACHINE: &str = r#"
mock_version = 1
time   = { start = "2026-11-22T12:00:00+01:00", step = 60 }
random = { seed = 7 }

[own]
addresses = ["10.9.9.9"]
paths     = ["/opt/acme/airlock"]

[[facts.hardware]]
name = "host1"
uuid = "u-1"
[[facts.local_groups]]
id = "1"
name = "wheel"
members = ["ann", "bob"]
[missing]
cpus = ["no right to look"]

[files]
"/opt/acme/version" = { text = "2.5.1", modified = 9 }
"/opt/acme/raw" = { base64 = "AP8=" }
"/opt/acme/big" = { size = 10_000_000_000 }
"/opt/acme/out" = { link = "/etc" }
"/opt/acme/self" = { link = "version" }
"/opt/acme/pipe" = { special = true }
"/opt/acme/closed" = { text = "x", mode = "0000" }
"/opt/acme/twin" = { same_as = "/opt/acme/airlock/key" }
"/opt/acme/airlock/key" = { text = "secret" }
"/opt/acme/empty" = { folder = true }
"/etc/shadow" = { text = "secret" }
"/srv/now" = { link = "../opt/acme" }

[[process]]
program = "/usr/bin/id"
stdout  = "first"
[[process]]
program = "/usr/bin/id"
stdout  = "then"
exit_code = 3
[[process]]
program = "/usr/bin/slow"
argv    = ["--", "x"]
delay_seconds = 100

[hosts]
"glpi.example" = [["192.0.2.1"], ["127.0.0.1", "::1"]]
[[http]]
url  = "https://glpi.example/a?b=1"
body = "hello"
headers = { X-Count = "1" }
[[http]]
method = "POST"
url  = "https://glpi.example/a"
status = 201
[[http]]
url  = "https://glpi.example/never"
hang = true

[[snmp]]
address    = "10.1.0.1"
credential = "core"
values = { "1.3.6.1.2.1.1.5.0" = "sw1", "1.3.6.1.2.1.2.1.0" = 2, "1.3.6.1.2.1.1.3.0" = { timeticks = 99 } }
walk = """
.1.3.6.1.2.1.2.2.1.1.2 = INTEGER: 2
.1.3.6.1.2.1.2.2.1.1.10 = INTEGER: 10
"""
"#;

fn machine() -> (Arc<Mock>, Native) {
    let mock = Arc::new(Mock::parse(MACHINE).unwrap());
    let native = mock.native(Arc::new(Nobody));
    (mock, native)
}

fn under(root: &str) -> Scope {
    Scope { root: Some(root.to_owned()), ..Scope::default() }
}

fn target(url: &str) -> Target {
    Target { scheme: "https".into(), host: "glpi.example".into(), port: 443, path: url.into() }
}

#[tokio::test]
async fn facts_are_as_the_file_has_them() {
    let (_, native) = machine();
    let mut sections = native.facts.sections();
    sections.sort_unstable();
    assert_eq!(sections, ["cpus", "hardware", "local_groups"]);
    let hardware = native.facts.read("hardware").await.unwrap();
    assert_eq!(hardware.rows, [Row::new().with("name", "host1").with("uuid", "u-1")]);
    let groups = native.facts.read("local_groups").await.unwrap();
    assert_eq!(groups.rows[0].get("members"), Some(&Value::Texts(vec!["ann".into(), "bob".into()])));
    assert_eq!(native.facts.read("cpus").await.unwrap().missing, ["no right to look"]);
    assert_eq!(native.facts.read("softwares").await, Err(CallError::NotFound));
}

#[tokio::test]
async fn time_and_chance_are_the_same_each_time() {
    let (_, native) = machine();
    let (first, second) = (native.clock.now(), native.clock.now());
    assert_eq!((first.local.as_str(), second.local.as_str()), ("2026-11-22 12:00:00", "2026-11-22 12:01:00"));
    assert_eq!(second.seconds, first.seconds + 60);
    assert_eq!(first.seconds, 1_795_345_200);
    let whole = native.clock.random(100).unwrap();
    let again = machine().1;
    let parts = [again.clock.random(33).unwrap(), again.clock.random(67).unwrap()].concat();
    assert_eq!(whole, parts);
    assert!(whole.iter().any(|byte| *byte != whole[0]));
    let other = Mock::parse("mock_version = 1\nrandom = { seed = 8 }").unwrap();
    assert_ne!(Arc::new(other).native(Arc::new(Nobody)).clock.random(100).unwrap(), whole);
}

#[tokio::test]
async fn files_are_read_by_the_rules_of_a_real_machine() {
    let (_, native) = machine();
    let files = &native.files;
    let root = under("/opt/acme");
    let read = |name: &str| FileRead { path: name.into(), offset: 2, length: 2 };
    let stat = |name: &str| FileStat { path: name.into() };
    assert_eq!(files.read(read("/opt/acme/version"), &root).await, Ok(Bytes(b"5.".to_vec())));
    assert_eq!(files.read(read("/opt/acme/big"), &root).await, Ok(Bytes(vec![0, 0])));
    let past = FileRead { path: "/opt/acme/version".into(), offset: 99, length: 2 };
    assert_eq!(files.read(past, &root).await, Ok(Bytes(vec![])));
    for (name, refused) in [
        ("/opt/acme/out/shadow", Code::Link),
        ("/opt/acme/out", Code::Link),
        ("/opt/acme/self", Code::Link),
        ("/opt/acme/airlock/key", Code::AgentPath),
        ("/opt/acme/airlock", Code::AgentPath),
        ("/opt/acme/twin", Code::AgentPath),
    ] {
        assert_eq!(files.read(read(name), &root).await, Err(CallError::Refused(refused)), "{name}");
        assert_eq!(files.stat(stat(name), &root).await, Err(CallError::Refused(refused)), "{name}");
    }
    for name in ["/opt/acme/pipe", "/opt/acme/empty", "/opt/acme/closed"] {
        assert!(matches!(files.read(read(name), &root).await, Err(CallError::Failed(_))), "{name}");
    }
    for name in ["/opt/acme/none", "/opt/acme/version/x"] {
        assert_eq!(files.read(read(name), &root).await, Err(CallError::NotFound), "{name}");
        assert_eq!(files.stat(stat(name), &root).await, Ok(None), "{name}");
    }
    // The owner's own link in the folder that a grant names is the owner's word.
    assert_eq!(files.read(read("/srv/now/version"), &under("/srv/now")).await, Ok(Bytes(b"5.".to_vec())));
    let found = files.stat(stat("/opt/acme/version"), &root).await.unwrap().unwrap();
    assert_eq!((found.kind, found.size, found.modified), (Kind::File, 5, 9));
    let names = files.list(FileList { path: "/opt".into() }, &under("/opt")).await;
    assert_eq!(names, Ok(vec!["acme".into()]));
    let hash = FileHash { path: "/opt/acme/empty-not".into(), algorithm: "sha256".into() };
    assert_eq!(files.hash(hash, &root).await, Err(CallError::NotFound));
    // FIPS 180-2, B.1
    let abc = Mock::parse("mock_version = 1\n[files]\n\"/abc\" = { text = \"abc\" }").unwrap();
    let hash = FileHash { path: "/abc".into(), algorithm: "sha256".into() };
    let digest = Arc::new(abc).native(Arc::new(Nobody)).files.hash(hash, &under("/")).await.unwrap();
    assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[tokio::test]
async fn changes_stay_and_are_listed() {
    let (mock, native) = machine();
    let files = &native.files;
    let root = under("/opt/acme");
    let write = |name: &str, offset: u64, data: &str| FileWrite { path: name.into(), offset, data: data.into() };
    files.mkdir(FileMkdir { path: "/opt/acme/new".into() }, &root).await.unwrap();
    files.write(write("/opt/acme/new/f", 0, "hello"), &root).await.unwrap();
    files.write(write("/opt/acme/new/f", 4, "p!"), &root).await.unwrap();
    let read = FileRead { path: "/opt/acme/new/f".into(), offset: 0, length: 99 };
    assert_eq!(files.read(read.clone(), &root).await, Ok(Bytes(b"hellp!".to_vec())));
    let remove = |name: &str| FileRemove { path: name.into() };
    assert!(matches!(files.remove(remove("/opt/acme/new"), &root).await, Err(CallError::Failed(_))));
    files.remove(remove("/opt/acme/new/f"), &root).await.unwrap();
    assert_eq!(files.read(read, &root).await, Err(CallError::NotFound));
    for (name, why) in [
        ("/opt/acme/none/f", CallError::NotFound),
        ("/opt/acme/twin", CallError::Refused(Code::AgentPath)),
        ("/opt/acme/out/x", CallError::Refused(Code::Link)),
    ] {
        assert_eq!(files.write(write(name, 0, "x"), &root).await, Err(why), "{name}");
    }
    assert!(matches!(files.write(write("/opt/acme/f", u64::MAX, "x"), &root).await, Err(CallError::Failed(_))));
    assert_eq!(
        mock.changes(),
        [
            "made the folder /opt/acme/new",
            "wrote /opt/acme/new/f (5 bytes)",
            "wrote /opt/acme/new/f (2 bytes from byte 4)",
            "removed /opt/acme/new/f",
        ]
    );
}

#[tokio::test]
async fn commands_do_what_the_file_says() {
    let (mock, native) = machine();
    let command = |program: &str, argv: &[&str]| Command {
        program: program.into(),
        sha256: None,
        argv: argv.iter().map(|word| (*word).into()).collect(),
        run_as: None,
        wall_seconds: 60,
        output_kb: 64,
        ..Command::default()
    };
    for (stdout, code) in [("first", 0), ("then", 3), ("then", 3)] {
        let outcome = native.process.run(&command("/usr/bin/id", &["-u"])).await.unwrap();
        assert_eq!((outcome.stdout.as_slice(), outcome.exit_code), (stdout.as_bytes(), Some(code)));
    }
    assert_eq!(native.process.run(&command("/usr/bin/slow", &["--", "x"])).await, Err(CallError::Timeout));
    assert!(matches!(native.process.run(&command("/usr/bin/slow", &["x"])).await, Err(CallError::Failed(_))));
    let other = Command { sha256: Some("00".into()), ..command("/usr/bin/id", &[]) };
    assert!(matches!(native.process.run(&other).await, Err(CallError::Failed(_))));
    let word = PathUnder { path: "/opt/acme/out".into(), root: "/opt/acme".into(), exists: true };
    let linked = Command { paths: vec![word], ..command("/usr/bin/id", &[]) };
    assert_eq!(native.process.run(&linked).await, Err(CallError::Refused(Code::Link)));
    assert_eq!(mock.changes().len(), 4);
}

#[tokio::test]
async fn the_network_answers_in_turns() {
    let (mock, native) = machine();
    let target = target("/");
    let resolve = async || native.http.resolve(&target).await.unwrap();
    assert_eq!(resolve().await, ["192.0.2.1".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!((resolve().await.len(), resolve().await.len()), (2, 2));
    let send = |method: Method, url: &str| HttpSend {
        method,
        target: self::target(url),
        addresses: vec!["192.0.2.1".parse().unwrap()],
        headers: vec![],
        body: b"x".to_vec(),
    };
    let scope = Scope::default();
    let reply = native.http.send(send(Method::Get, "/a?b=1"), &scope).await.unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (200, b"hello".as_slice()));
    assert_eq!(reply.headers, [("x-count".to_owned(), "1".to_owned())]);
    assert_eq!(native.http.send(send(Method::Post, "/a"), &scope).await.unwrap().status, 201);
    assert_eq!(native.http.send(send(Method::Get, "/never"), &scope).await, Err(CallError::Timeout));
    assert!(matches!(native.http.send(send(Method::Get, "/other"), &scope).await, Err(CallError::Failed(_))));
    let small = Scope { max_bytes: Some(4), ..Scope::default() };
    assert!(matches!(native.http.send(send(Method::Get, "/a?b=1"), &small).await, Err(CallError::Failed(_))));
    assert_eq!(mock.changes(), ["sent POST https://glpi.example/a (1 bytes)"]);
}

#[tokio::test]
async fn a_device_answers_to_its_credential_alone() {
    let (_, native) = machine();
    let address = "10.1.0.1".parse().unwrap();
    let transport = Transport::Udp;
    let peer = |credential: &str| Peer { address, port: 161, transport, vlan: None, credential: credential.into() };
    let open = async |peer: Peer| native.snmp.open(&SnmpOpen { peer }).await;
    assert_eq!(open(peer("core")).await, Ok(()));
    assert_eq!(open(peer("printers")).await, Err(CallError::Timeout));
    assert_eq!(open(Peer { transport: Transport::Tcp, ..peer("core") }).await, Err(CallError::Timeout));
    assert_eq!(open(Peer { vlan: Some(7), ..peer("core") }).await, Err(CallError::Timeout));
    let oids = vec!["1.3.6.1.2.1.1.5.0".into(), "1.3.6.1.9".into()];
    let get = SnmpGet { peer: peer("core"), oids };
    let values: Vec<Syntax> = native.snmp.get(&get).await.unwrap().binds.into_iter().map(|bind| bind.value).collect();
    assert_eq!(values, [Syntax::Octets(b"sw1".to_vec()), Syntax::NoSuchInstance]);
    let tables = async |roots: &[&str], max| {
        let roots = roots.iter().map(|root| (*root).to_owned()).collect();
        native.snmp.walk(&SnmpWalk { peer: peer("core"), roots, max }).await.unwrap()
    };
    let names = async |root: &str, max| {
        let binds = tables(&[root], max).await.remove(0).binds;
        binds.into_iter().map(|bind| bind.oid).collect::<Vec<_>>()
    };
    assert_eq!(names("1.3.6.1.2.1.2.2", 9).await, ["1.3.6.1.2.1.2.2.1.1.2", "1.3.6.1.2.1.2.2.1.1.10"]);
    assert_eq!(names("1.3.6.1.2.1.2.2", 1).await.len(), 1);
    assert_eq!(names("1.3.6.1.2.1.1.5.0", 9).await.len(), 0);
    let two = tables(&["1.3.6.1.2.1.2.2", "1.3.6.1.2.1.1"], 3).await;
    assert_eq!(two.iter().map(|table| table.binds.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(two[0].cut, None);
    assert!(two[1].cut.as_deref().unwrap().contains("after 1 rows"), "{two:?}");
}

#[test]
fn a_slip_of_the_finger_is_found_with_its_place() {
    for (line, place, words) in [
        ("fils = {}", 2, "did you mean files?"),
        ("[[facts.hardwar]]\nname = \"x\"", 2, "did you mean hardware?"),
        ("[[facts.hardware]]\nnme = \"x\"", 3, "did you mean name?"),
        ("[missing]\ncpu = []", 3, "did you mean cpus?"),
        ("[[facts.hardware]]\nname = 1.5", 3, "name is a text"),
        ("[files]\n\"/a\" = { txt = \"x\" }", 3, "did you mean text?"),
        ("[files]\n\"/a\" = { text = \"x\", size = 3 }", 3, "not two"),
        ("[files]\n\"a\" = {}", 3, "not absolute"),
        ("[files]\n\"/a/../b\" = {}", 3, "not plain"),
        ("[files]\n\"/a\" = { base64 = \"*\" }", 3, "base64"),
        ("[files]\n\"/a\" = { mode = \"rwx\" }", 3, "0644"),
        ("[files]\n\"/a\" = { same_as = \"/b\" }", 3, "no file \"/b\""),
        ("time = { start = \"yesterday\" }", 2, "2026-11-22T12:00:00Z"),
        ("[[process]]\nprogram = \"/x\"\nexit = 3", 4, "unknown field `exit`"),
        ("[[snmp]]\naddress = \"10.0.0.1\"\ncredential = \"c\"\nvalues = { \"1.x\" = 3 }", 5, "no OID"),
        ("[[snmp]]\naddress = \"10.0.0.1\"\ncredential = \"c\"\nvalues = { \"1.3\" = { gauge = 3 } }", 5, "gauge32"),
        ("[[snmp]]\naddress = \"10.0.0.1\"\ncredential = \"c\"\nwalk = \"nonsense\"", 5, "line 1 of the walk"),
        ("[own]\naddresses = [\"10.0.0.300\"]", 3, "invalid IP"),
        ("= 3", 2, ""),
    ] {
        let Err(error) = Mock::parse(&format!("mock_version = 1\n{line}")) else { panic!("{line}: no error") };
        assert!(error.line == place && error.why.contains(words), "{line}: {error}");
    }
    for (text, words) in [("", "mock_version"), ("mock_version = 2", "the version 2")] {
        let Err(error) = Mock::parse(text) else { panic!("{text}: no error") };
        assert!(error.why.contains(words), "{text}: {error}");
    }
}
