//! Devices that say that they are this machine.

use crate::ne::{Done, FAST, NETS, community, discovery, range, world};
use airlock_tests::program::Airlock;
use airlock_tests::snmp_device::{OCTETS, Objects, SnmpDevice, tlv};
use std::process::Command;

/// Of an interface of this machine; and of another machine.
const OWN: [u8; 6] = [2, 0, 0x5e, 0, 0x53, 1];
const OTHER: [u8; 6] = [2, 0, 0x5e, 0, 0x53, 2];

fn text(mac: [u8; 6]) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}

/// A switch that says that this is its hardware address (dot1dBaseBridgeAddress, and that of its port).
fn switch(mac: [u8; 6]) -> SnmpDevice {
    let words = |text: &str| tlv(OCTETS, text.as_bytes());
    let objects = Objects::default()
        .with(&[1, 3, 6, 1, 2, 1, 1, 1, 0], &words("Example switch, version 7.4"))
        .with(&[1, 3, 6, 1, 2, 1, 1, 5, 0], &words("switch-a"))
        .with(&[1, 3, 6, 1, 2, 1, 17, 1, 1, 0], &tlv(OCTETS, &mac));
    SnmpDevice::on("10.1.2.5:161", move |asked| vec![objects.honest(asked)])
}

fn interface() {
    let (own, words) = (text(OWN), ["link", "add", "near", "address"]);
    let made = Command::new("ip").args(words).arg(own).args(["type", "veth", "peer", "name", "far"]).status();
    assert!(made.unwrap().success());
}

fn discovered() -> Done {
    let job = discovery(&range("10.1.2.5", "10.1.2.5"), FAST, &community(1, "public"));
    Done::lenient(&job, NETS)
}

#[test]
fn sn_09_who_claims_to_be_this_machine_is_reported_as_who_it_is_and_the_owner_is_told() {
    world("sn::identity::sn_09_who_claims_to_be_this_machine_is_reported_as_who_it_is_and_the_owner_is_told", || {
        interface();
        let _switch = switch(OWN);
        let done = discovered();
        // As observed: at its address, under the number of the job, by this agent, with what it said.
        let own = text(OWN);
        assert_eq!(
            (done.said(&own), done.said("<IP>10.1.2.5</IP>"), done.said("switch-a")),
            (1, 1, 1),
            "{:?}",
            done.output
        );
        let told = done.agent.airlock.events("identity claimed");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&told[0]["server"], &told[0]["address"]), (&"hq".into(), &"10.1.2.5".into()));
        assert!(told[0]["what"].as_str().unwrap().contains(&own), "{told:?}");
        assert!(done.output.stdout.contains("1 with this machine's own identity"), "{}", done.output.stdout);
        // This machine is who it was: nothing of what the device said is in its own identity.
        let ids = |done: &Done| {
            let texts = done.server.requests().into_iter().map(|request| request.text());
            let id = |text: String| Some(text.split_once("<DEVICEID>")?.1.split_once('<')?.0.to_owned());
            texts.filter_map(id).collect::<std::collections::BTreeSet<_>>()
        };
        let before = ids(&done);
        let agent_id = || std::fs::read(done.agent.airlock.vardir().join("agent-id")).ok();
        let kept = agent_id();
        done.agent.run(&["run", "--force"]);
        assert_eq!((ids(&done), before.len(), agent_id()), (before.clone(), 1, kept));
    });
}

#[test]
fn sn_09_twin_another_machine_is_just_reported() {
    world("sn::identity::sn_09_twin_another_machine_is_just_reported", || {
        interface();
        let _switch = switch(OTHER);
        let done = discovered();
        assert_eq!((done.said(&text(OTHER)), done.said("switch-a")), (1, 1), "{:?}", done.output);
        assert!(done.agent.airlock.events("identity claimed").is_empty());
        assert!(!done.output.stdout.contains("own identity"), "{}", done.output.stdout);
        // The owner's own look says it too, and only where it is so.
        let scan = |airlock: &Airlock| airlock.done(&["netdiscovery", "--host", "10.1.2.5", "--json"]).stdout;
        assert!(!scan(&done.agent.airlock).contains("claims"));
    });
}

#[test]
fn sn_09_the_owners_own_look_says_it_too() {
    world("sn::identity::sn_09_the_owners_own_look_says_it_too", || {
        interface();
        let _switch = switch(OWN);
        let output = Airlock::new().done(&["netdiscovery", "--host", "10.1.2.5", "--json"]);
        let line: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert!(line["claims"][0].as_str().unwrap().contains(&text(OWN)), "{line}");
        assert!(output.stderr.contains("says that it is this machine"), "{}", output.stderr);
    });
}
