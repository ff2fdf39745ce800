//! An address is asked in all ways that are granted; what is missing is left out, said, and takes nothing with it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

mod nobody;

use airlock_gate::calls::{Neighbour, SysobjectFind};
use airlock_gate::cassette::{Cassette, FORMAT, Header};
use airlock_gate::mock::Mock;
use airlock_gate::policy::{Circumstances, Policy, PolicyFile, Rules};
use airlock_gate::{Asker, Audit, CallError, Gate, Limits, NoLog, Reason, Recorder, Replay, Source};
use nobody::Nobody;
use std::sync::Arc;

const MACHINE: &str = r#"
mock_version = 1
sysobject = "ids/all.txt"
[[neighbour]]
address = "10.1.0.7"
mac = "00:00:5e:00:53:07"
dns = "sw7.example"
netbios = "SW7"
workgroup = "OFFICE"
user = "ANN"
echo = true
timestamp = true
[[neighbour]]
address = "10.1.0.8"
dns = "was-here.example"
[[neighbour]]
address = "10.2.0.1"
echo = true
[[snmp]]
address = "10.1.0.8"
credential = "core"
walk_file = "device.walk"
"#;

fn beside(name: &str) -> Result<String, String> {
    match name {
        "ids/all.txt" => Ok("# ids\n99999\tAcme\n99999.1.7\tAcme\tPRINTER\tP 7\n".to_owned()),
        "device.walk" => Ok(".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.99999.1.7\n".to_owned()),
        other => Err(format!("no file {other}")),
    }
}

fn policy(grants: &str) -> Arc<Policy> {
    let head = "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\nmode = \"enforce\"\n\
                [credential.core]\nkind = \"snmpv2c\"\nsource = \"file:/etc/airlock/secrets/core\"\nuse_for = [\"10.0.0.0/8\"]\n";
    let grants: Vec<String> = grants
        .split_terminator('\n')
        .map(|grant| format!("[[grant]]\nserver = [\"hq\"]\ntask = [\"t\"]\n{}\n", grant.replace("; ", "\n")))
        .collect();
    let server = "[server.hq]\norigin = \"https://hq.example\"\n";
    let text = [head, server, &grants.concat()].concat();
    let rules = Rules::parse(&[PolicyFile::new("t.toml", text)]).unwrap_or_else(|problems| panic!("{problems:?}"));
    let asker = Asker { server: Some("hq".to_owned()), task: "t".to_owned(), ..Asker::default() };
    Arc::new(rules.for_run(&asker, &Circumstances::default()))
}

fn gate_of(grants: &str, source: Source) -> Gate {
    let audit = Audit::new(Box::new(NoLog), "r".to_owned(), "t@0".to_owned(), None);
    Gate::new(policy(grants), Limits::default(), audit, source)
}

fn mock(more: &str) -> Arc<Mock> {
    let text = MACHINE.replacen("mock_version = 1\n", &format!("mock_version = 1\n{more}\n"), 1);
    Arc::new(Mock::beside(&text, &beside).unwrap_or_else(|error| panic!("{error}")))
}

fn gate(grants: &str) -> Gate {
    gate_of(grants, Source::Live(mock("").native(Arc::new(Nobody))))
}

const ALL: &str =
    "verb = \"net.probe\"; cidr = [\"10.1.0.0/16\"]; methods = [\"icmp\", \"arp\", \"udp:137\", \"dns\"]\n";

fn all() -> Neighbour {
    let text = |text: &str| Some(text.to_owned());
    Neighbour {
        mac: text("00:00:5e:00:53:07"),
        dns_name: text("sw7.example"),
        answers_echo: true,
        answers_timestamp: true,
        netbios_name: text("SW7"),
        workgroup: text("OFFICE"),
        user_session: text("ANN"),
    }
}

#[tokio::test]
async fn all_ways_come_together() {
    let gate = gate(ALL);
    assert_eq!(gate.reach("10.1.0.7").await, Ok(Some(all())));
    assert_eq!(gate.reach("10.1.0.9").await, Ok(None));
    assert_eq!(gate.unavailable_methods().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_way_that_is_not_granted_is_left_out_and_said() {
    let grants = "verb = \"net.probe\"; cidr = [\"10.1.0.0/16\"]; methods = [\"arp\"]\n\
                  verb = \"net.probe\"; cidr = [\"10.1.0.0/24\"]; methods = [\"dns\"]\n";
    let gate = gate(grants);
    let found = gate.reach("10.1.0.7").await.unwrap().unwrap();
    let expected = Neighbour { mac: all().mac, dns_name: all().dns_name, ..Neighbour::default() };
    assert_eq!(found, expected, "each grant gives its way");
    let said = gate.unavailable_methods().await.unwrap();
    assert_eq!(said.len(), 3);
    assert!(said.iter().any(|line| line == "netbios (udp:137): not granted by this machine's policy"), "{said:?}");
    assert!(gate.refused().is_empty());
}

#[tokio::test]
async fn no_way_at_all_is_a_refusal_with_its_record() {
    let gate = gate(ALL);
    let Err(CallError::Denied(denial)) = gate.reach("10.2.0.1").await else { panic!("it was let through") };
    assert_eq!((denial.capability.as_str(), denial.reason), ("net.probe", Reason::NotGranted));
    assert_eq!(gate.refused().len(), 1);
    assert!(matches!(gate.reach("127.0.0.1").await, Err(CallError::Denied(_))));
    for text in ["", "10.1.0.7:161", "sw7.example", "10.1.0.0/24", "fe80::1%eth0", "10.1.0.256"] {
        assert!(matches!(gate.reach(text).await, Err(CallError::Invalid(_))), "{text}");
    }
}

#[tokio::test]
async fn a_way_that_the_machine_does_not_have_is_left_out_and_said() {
    let machine = mock("lacking = [\"icmp\"]");
    let gate = gate_of(ALL, Source::Live(machine.native(Arc::new(Nobody))));
    let found = gate.reach("10.1.0.7").await.unwrap().unwrap();
    assert!(!found.answers_echo && !found.answers_timestamp && found.mac.is_some());
    let said = gate.unavailable_methods().await.unwrap();
    assert_eq!(said, ["icmp echo: this mock does not have it", "icmp timestamp: this mock does not have it"]);
}

/// A name in the DNS outlives its bearer; beside a device that has answered it says how that is called.
#[tokio::test]
async fn a_name_counts_where_something_has_answered() {
    let gate = gate(&format!("{ALL}verb = \"snmp.read\"; cidr = [\"10.1.0.0/16\"]; credentials = [\"core\"]\n"));
    assert_eq!(gate.reach("10.1.0.8").await, Ok(None));
    let target = airlock_gate::snmp_target("10.1.0.8").unwrap();
    assert_eq!(gate.snmp_session(target).await.map(|peer| peer.credential), Ok("core".to_owned()));
    let found = gate.reach("10.1.0.8").await.unwrap().unwrap();
    assert_eq!(found.dns_name.as_deref(), Some("was-here.example"));
}

#[tokio::test]
async fn the_database_belongs_to_the_run() {
    let gate = gate("");
    let find = async |id: &str| gate.call(SysobjectFind { id: id.to_owned() }).await;
    let entry = find("1.3.6.1.4.1.99999.1.7.2").await.unwrap().unwrap();
    assert_eq!((entry.kind.as_deref(), entry.model.as_deref()), (Some("PRINTER"), Some("P 7")));
    assert_eq!(find("1.3.6.1.4.1.9").await, Ok(None));
    assert!(matches!(find("nonsense").await, Err(CallError::Invalid(_))));
    let none = Mock::parse("mock_version = 1").unwrap();
    let gate = gate_of("", Source::Live(Arc::new(none).native(Arc::new(Nobody))));
    assert_eq!(gate.call(SysobjectFind { id: "1.3".to_owned() }).await, Err(CallError::Unsupported));
}

#[tokio::test]
async fn a_recording_answers_as_the_machine_did() {
    let look = async |gate: &Gate| {
        let entry = gate.call(SysobjectFind { id: "1.3.6.1.4.1.99999".to_owned() }).await;
        let found = (gate.reach("10.1.0.7").await, gate.reach("10.1.0.9").await);
        format!("{entry:?} {found:?} {:?}", gate.unavailable_methods().await)
    };
    let (machine, recorder) = (mock("lacking = [\"udp:137\"]"), Arc::new(Recorder::default()));
    let said = look(&gate_of(ALL, Source::Record(machine.native(Arc::new(Nobody)), Arc::clone(&recorder)))).await;
    assert!(said.contains("sw7.example") && said.contains("this mock does not have it"), "{said}");
    let (exchanges, denied) = recorder.take().unwrap();
    let header = Header { cassette: FORMAT, server: Some("hq".into()), job: "{}".into(), ..Header::default() };
    let text = Cassette { header, exchanges, denied, end: "ok".to_owned() }.to_text().unwrap();
    let cassette = Cassette::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    let replay = Arc::new(Replay::new(cassette));
    let none = airlock_gate::Native::none(Arc::new(Nobody));
    let gate = gate_of(ALL, Source::Replay(none, Arc::clone(&replay)));
    assert_eq!(look(&gate).await, said);
    assert!(replay.missed().is_empty() && replay.unused().is_empty());
}

#[test]
fn a_file_beside_the_mock_is_beside_it() {
    for (line, words) in [
        ("sysobject = \"../ids\"", "in this folder"),
        ("sysobject = \"/etc/ids\"", "in this folder"),
        ("sysobject = \"none\"", "no file none"),
        ("lacking = [\"imcp\"]", "did you mean icmp?"),
        ("[[snmp]]\naddress = \"10.0.0.1\"\ncredential = \"c\"\nwalk_file = \"ids/all.txt\"", "line 1 of the walk"),
        ("[[neighbour]]\naddress = \"10.0.0.1\"\nmacc = \"x\"", "did you mean mac?"),
    ] {
        let Err(error) = Mock::beside(&format!("mock_version = 1\n{line}"), &beside) else {
            panic!("{line}: no error")
        };
        assert!(error.why.contains(words), "{line}: {error}");
    }
}
