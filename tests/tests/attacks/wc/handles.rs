//! WC-10, WC-12 and WC-13: handles that were never given, what another server's task left, and names that are not one's own.

use airlock_gate::{Asker, Policy};
use airlock_sandbox::{Bounds, RunError};
use airlock_tests::policies::{asker, grant, policy_for};
use airlock_tests::rig::{Rig, Setup};
use airlock_tests::roads::{CANARY, Road};

const DEVICES: &str = r#"
[[snmp]]
address = "10.1.0.7"
credential = "printers"
values = { "1.3.6.1.2.1.1.1.0" = "a printer" }
[[snmp]]
address = "10.1.0.8"
credential = "core"
values = { "1.3.6.1.2.1.1.1.0" = "a switch" }
"#;

fn snmp() -> String {
    let credentials = r#"
[credential.printers]
source = "file:/etc/airlock/printers"
use_for = ["10.1.0.0/24"]
[credential.core]
source = "file:/etc/airlock/core"
use_for = ["10.1.0.0/24"]
"#;
    grant("snmp.read", "cidr = [\"10.1.0.0/24\"]\ncredentials = [\"printers\"]") + credentials
}

#[test]
fn wc_10_handles_cannot_be_guessed() {
    let rig = Rig::new();
    let handles: Vec<u32> =
        (0..40).chain([255, 256, 1 << 16, 1 << 24, (1 << 30) - 1, 1 << 30, 1 << 31, u32::MAX]).collect();
    for handle in handles {
        let run = rig.act("forge", &[&handle.to_string()], Road::mock(DEVICES).setup(&snmp()));
        assert!(matches!(run.ended, Err(RunError::Crashed(_))), "{handle}: {:?}", run.ended);
        assert!(run.said().is_empty(), "{handle}: {:?}", run.said());
    }
    rig.goes_on();
}

#[test]
fn wc_10_a_credential_of_another_grant_is_not_used() {
    let rig = Rig::new();
    for target in
        ["10.1.0.8", "10.1.0.8:161", "10.2.0.7", "127.0.0.1", "::1", "169.254.169.254", "core", "core@10.1.0.8"]
    {
        let run = rig.act("snmp", &[target, "1.3.6.1.2.1.1.1.0"], Road::mock(DEVICES).setup(&snmp()));
        assert!(run.ended.is_err(), "{target}: {:?}", run.said());
        assert!(!format!("{:?}", run.left).contains("a switch"));
        // Not even offered.
        assert!(!format!("{:?}", run.audit).contains("\"core\""), "{target}: {:#?}", run.audit);
    }
    rig.goes_on();
}

#[test]
fn wc_10_twin_a_session_that_is_granted_works() {
    let run = Rig::new().act("snmp", &["10.1.0.7", "1.3.6.1.2.1.1.1.0"], Road::mock(DEVICES).setup(&snmp()));
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.said()[0], "by printers");
    assert!(run.said()[1].contains("1.3.6.1.2.1.1.1.0"), "{:?}", run.said());
}

fn for_server(server: &Asker, road: &Road, more: &str) -> Setup {
    let other = "[server.b]\norigin = \"https://b.example\"\ntls = { ca = \"system\" }\n";
    road.setup_for(server, &format!("{other}{more}"))
}

#[test]
fn wc_12_one_servers_task_sees_nothing_of_another() {
    let rig = Rig::new();
    let grants = "[[grant]]\nserver = [\"b\"]\ntask = [\"*\"]\nverb = \"files.write\"\npaths = [\"BASE/acme/**\"]\n\
                  [[grant]]\nserver = [\"b\"]\ntask = [\"*\"]\nverb = \"files.read\"\npaths = [\"BASE/acme/**\"]\n\
                  [[grant]]\nserver = [\"b\"]\ntask = [\"*\"]\nverb = \"inventory.read\"\ncategories = [\"*\"]\n";
    let decided = Road::both().map(|road| {
        let path = road.here("BASE/acme/of-b");
        let (a, b) = (asker("hq", "hostile"), asker("b", "hostile"));
        let run = rig.act("file", &["write", &path, CANARY, "0"], for_server(&b, &road, grants));
        assert_eq!(run.ended, Ok(()));
        assert_eq!(rig.run_with("read hardware", for_server(&b, &road, grants)).ended, Ok(()));
        let mut codes = Vec::new();
        for act in ["read", "stat", "list"] {
            let run = rig.act("file", &[act, &path], for_server(&a, &road, grants));
            assert!(!format!("{run:?}").contains(CANARY));
            codes.extend(run.refused());
        }
        codes.extend(rig.run_with("read hardware", for_server(&a, &road, grants)).refused());
        assert_eq!(codes, ["NO_GRANT"; 4]);
        codes
    });
    assert_eq!(decided[0], decided[1]);
    // Memory is new in each run: what one leaves in it is not there for the next.
    for _ in 0..3 {
        assert_eq!(rig.run_with("memory 20", Setup { bounds: Bounds::default(), ..Setup::default() }).ended, Ok(()));
    }
}

#[test]
fn wc_12_twin_a_server_sees_what_its_own_task_wrote() {
    let rig = Rig::new();
    let grants = "[[grant]]\nserver = [\"b\"]\ntask = [\"*\"]\nverb = \"files.write\"\npaths = [\"BASE/acme/**\"]\n\
                  [[grant]]\nserver = [\"b\"]\ntask = [\"*\"]\nverb = \"files.read\"\npaths = [\"BASE/acme/**\"]\n";
    for road in Road::both() {
        let path = road.here("BASE/acme/of-b");
        let b = asker("b", "hostile");
        assert_eq!(rig.act("file", &["write", &path, "mine", "0"], for_server(&b, &road, grants)).ended, Ok(()));
        let run = rig.act("file", &["read", &path], for_server(&b, &road, grants));
        assert_eq!(run.ended, Ok(()), "{}", road.name);
        assert_eq!(run.said().join(" "), "mine", "{}", road.name);
    }
}

#[test]
fn wc_13_a_name_of_ones_own_choice_grants_nothing() {
    let rig = Rig::new();
    let grants =
        "[[grant]]\nserver = [\"*\"]\ntask = [\"inventory\"]\nverb = \"inventory.read\"\ncategories = [\"*\"]\n";
    // Whatever it calls itself, in its bytes or in its job, it runs as what the host knows it as.
    let lies = airlock_tests::wasm::replaced(
        airlock_tests::HOSTILE,
        b"misbehaves as it is asked to",
        b"inventory inventory inventor",
    );
    for bytes in [airlock_tests::HOSTILE.to_vec(), lies] {
        let task = rig.load(&bytes);
        let unit = airlock_sandbox::Unit { target: "read hardware".into(), job: "{\"task\":\"inventory\"}".into() };
        let policy = policy_for(&asker("hq", "hostile"), grants);
        let run = rig.run_task(&task, unit, Setup { policy, ..Setup::default() });
        assert!(matches!(run.ended, Err(RunError::Denied(_))), "{:?}", run.ended);
        assert_eq!(run.refused(), ["NO_GRANT"]);
    }
    rig.goes_on();
}

#[test]
fn wc_13_a_publishers_task_is_not_one_of_the_programs_own() {
    let rig = Rig::new();
    let publisher =
        "[publisher.acme]\nkeys = [\"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\"]\nnames = [\"*\"]\n";
    let grants =
        "[[grant]]\nserver = [\"*\"]\ntask = [\"inventory\"]\nverb = \"inventory.read\"\ncategories = [\"*\"]\n";
    let asker = Asker { publisher: Some("acme".into()), ..asker("hq", "inventory") };
    let policy: Policy = policy_for(&asker, &format!("{publisher}{grants}"));
    let run = rig.run_with("read hardware", Setup { policy, ..Setup::default() });
    assert_eq!(run.refused(), ["UNKNOWN_TASK"]);
}

/// A run of `acme-check`, said to be acme's, by whoever has that key, under a policy whose publisher acme has the key `own`.
fn of_acme(rig: &Rig, own: &str, signed_by: &str) -> airlock_tests::rig::Run {
    let publisher = format!("[publisher.acme]\nkeys = [\"{own}\"]\nnames = [\"acme-*\"]\n");
    let grants =
        "[[grant]]\nserver = [\"hq\"]\ntask = [\"acme-check\"]\nverb = \"inventory.read\"\ncategories = [\"*\"]\n";
    let asker = Asker {
        publisher: Some("acme".into()),
        publisher_keys: vec![signed_by.to_owned()],
        ..asker("hq", "acme-check")
    };
    let policy = policy_for(&asker, &format!("{publisher}{grants}"));
    rig.run_with("read hardware", Setup { policy, ..Setup::default() })
}

fn key() -> String {
    let pair = airlock_trust::KeyPair::generate("test", airlock_trust::Password::None).unwrap();
    airlock_trust::Key::parse(&pair.public).unwrap().to_string()
}

#[test]
fn wc_13_a_publishers_name_with_another_key_is_nobody() {
    let rig = Rig::new();
    let (own, other) = (key(), key());
    let run = of_acme(&rig, &own, &other);
    assert!(matches!(run.ended, Err(RunError::Denied(_))), "{:?}", run.ended);
    assert_eq!(run.refused(), ["UNKNOWN_TASK"]);
    rig.goes_on();
}

#[test]
fn wc_13_twin_a_publishers_name_with_its_own_key_has_the_grant() {
    let own = key();
    assert_eq!(of_acme(&Rig::new(), &own, &own).ended, Ok(()));
}

#[test]
fn wc_13_twin_the_task_that_the_host_knows_by_the_name_has_the_grant() {
    let grants =
        "[[grant]]\nserver = [\"*\"]\ntask = [\"inventory\"]\nverb = \"inventory.read\"\ncategories = [\"*\"]\n";
    let policy = policy_for(&asker("hq", "inventory"), grants);
    let run = Rig::new().run_with("read hardware", Setup { policy, ..Setup::default() });
    assert_eq!(run.ended, Ok(()));
}
