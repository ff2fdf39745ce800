//! `airlock snmp walk` writes down a device so that the file can stand for it, and says what it did not get.

use airlock_tests::program::Airlock;
use airlock_tests::snmp_device::{OCTETS, Objects, SnmpDevice, tlv};
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn device(community: &'static str, is_honest: bool) -> SnmpDevice {
    let switch = Objects::default()
        .with(&[1, 3, 6, 1, 2, 1, 1, 1, 0], &tlv(OCTETS, b"Invented \"Switch\"\nsecond line"))
        .with(&[1, 3, 6, 1, 2, 1, 1, 5, 0], &tlv(OCTETS, b"sw7"))
        .column(&[1, 3, 6, 1, 2, 1, 2, 2, 1, 2], 30, &tlv(OCTETS, b"port"))
        .with(&[1, 3, 6, 1, 4, 1, 99_999, 1, 0], &tlv(0x41, &[7]));
    SnmpDevice::start(move |asked| match asked.community == community.as_bytes() {
        false => vec![],
        true if is_honest || asked.kind == 0xa0 => vec![switch.honest(asked)],
        // Goes back, for ever.
        true => vec![asked.answer(&switch.binds(asked, 2).into_iter().rev().collect::<Vec<_>>())],
    })
}

#[test]
fn a_walk_stands_for_its_device() {
    let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
    let (device, walk) = (device("w0rd-of-tests", true), folder.path().join("switch.walk"));
    let secret = folder.path().join("community");
    fs::write(&secret, "w0rd-of-tests\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let (host, file, secret) = (device.address.to_string(), walk.to_str().unwrap(), secret.to_str().unwrap());
    let output = airlock.run(&["snmp", "walk", &host, "-o", file, "--community-file", secret, "--timeout", "1"]);
    assert!(output.status.success(), "{}", output.stderr);
    let text = fs::read_to_string(&walk).unwrap();
    assert_eq!(text.lines().count(), 33, "{text}");
    assert!(text.starts_with(".1.3.6.1.2.1.1.1.0 = Hex-STRING: 49 6E"), "{text}");
    assert!(text.contains("\n.1.3.6.1.2.1.1.5.0 = STRING: \"sw7\"\n.1.3.6.1.2.1.2.2.1.2.1 = "), "{text}");
    assert!(text.ends_with(".1.3.6.1.4.1.99999.1.0 = Counter32: 7\n"), "{text}");
    let objects = airlock_gate::walk::parse(&text).unwrap();
    let line = |(oid, value): (&Vec<u32>, _)| {
        let oid: Vec<String> = oid.iter().map(u32::to_string).collect();
        airlock_gate::walk::line(&oid.join("."), value).unwrap() + "\n"
    };
    assert_eq!(objects.iter().map(line).collect::<String>(), text, "it is read as it was written");
    let part = airlock.run(&["snmp", "walk", &host, "--community-file", secret, "--root", "1.3.6.1.2.1.1", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&part.stdout).unwrap();
    assert_eq!((json["objects"].as_array().unwrap().len(), json["cut"].as_array().unwrap().len()), (2, 0), "{json}");
}

#[test]
fn what_is_not_whole_is_said_and_no_secret_is() {
    let airlock = Airlock::new();
    let going_round = device("public", false);
    let output = airlock.run(&["snmp", "walk", &going_round.address.to_string(), "--root", "1.3.6.1.2.1"]);
    assert!(!output.status.success() && output.stderr.contains("not all of it"), "{}", output.stderr);
    let closed = device("w0rd-of-tests", true);
    let host = closed.address.to_string();
    let quick = ["snmp", "walk", &host, "--timeout", "1", "--retries", "0"];
    let silent = airlock.run(&[quick.as_slice(), &["--community", "an0ther-word"]].concat());
    assert!(!silent.status.success() && !silent.stderr.contains("an0ther-word"), "{}", silent.stderr);
    assert!(silent.stderr.contains("--community-file"), "it says that others can see it: {}", silent.stderr);
    for wrong in [["snmp", "walk", "switch"].as_slice(), &["snmp", "walk", "127.0.0.1", "--root", "system"]] {
        let output = airlock.run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", output.stderr);
    }
}
