//! What the program keeps between runs: its name, compiled code, the audit.

use airlock_tests::machine::Machine;
use airlock_tests::program::Airlock;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

fn compiled(airlock: &Airlock) -> PathBuf {
    let files: Vec<PathBuf> =
        fs::read_dir(airlock.vardir().join("compiled")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

#[test]
fn the_device_keeps_its_name() {
    let airlock = Airlock::new();
    let id = |airlock: &Airlock| airlock.json(&["inventory", "--partial", "bios"])["deviceid"].clone();
    let first = id(&airlock);
    fs::write(airlock.vardir().join("deviceid"), "host1-2020-01-02-03-04-05\n").unwrap();
    assert_ne!(first, "host1-2020-01-02-03-04-05");
    assert_eq!(id(&airlock), "host1-2020-01-02-03-04-05");
    // What stands there and is no name is replaced.
    fs::write(airlock.vardir().join("deviceid"), "no name \u{1b}[2J").unwrap();
    assert!(!id(&airlock).as_str().unwrap().contains("no name"));
}

#[test]
fn another_machine_does_not_take_this_ones_name() {
    let (airlock, machine) = (Airlock::new(), Machine::workstation());
    let id = airlock.json(&["inventory", "--machine", machine.argument()])["deviceid"].clone();
    assert!(id.as_str().unwrap().starts_with("bench-01-"), "{id}");
    assert!(!airlock.vardir().join("deviceid").exists());
}

#[test]
fn compiled_code_is_kept_and_damage_is_found() {
    let (airlock, machine) = (Airlock::new(), Machine::workstation());
    let run = || {
        let output = airlock.done(&["--debug", "inventory", "--machine", machine.argument()]);
        (output.stderr.contains("from the cache"), output.stderr.contains("compiled"))
    };
    assert_eq!(run(), (false, true));
    assert!(run().0);
    let file = compiled(&airlock);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(run(), (false, true));
    assert!(run().0);
    assert_eq!(fs::metadata(compiled(&airlock)).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn each_run_leaves_its_audit() {
    let (airlock, machine) = (Airlock::new(), Machine::workstation());
    for _ in 0..2 {
        airlock.done(&["inventory", "--machine", machine.argument()]);
    }
    let path = airlock.vardir().join("log/audit.jsonl");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
    let text = fs::read_to_string(path).unwrap();
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let with = |name: &str| records.iter().filter(|record| record.get(name).is_some()).count();
    assert_eq!(with("end"), 2);
    assert_eq!(with("decision"), with("closes"));
    assert!(with("decision") > 20, "{}", with("decision"));
    assert!(records.iter().all(|record| record.get("end").is_none() || record["end"] == "ok"));
    let mut runs: Vec<&str> = records.iter().map(|record| record["run"].as_str().unwrap()).collect();
    runs.dedup();
    assert_eq!(runs.len(), 2);
}

#[test]
fn a_folder_that_others_may_write_is_not_used_and_that_is_said() {
    let (airlock, machine) = (Airlock::new(), Machine::workstation());
    fs::set_permissions(airlock.vardir(), fs::Permissions::from_mode(0o777)).unwrap();
    let output = airlock.done(&["--debug", "inventory", "--machine", machine.argument()]);
    assert!(output.stderr.contains("others may write there"), "{}", output.stderr);
    assert!(!airlock.vardir().join("compiled").exists());
}
