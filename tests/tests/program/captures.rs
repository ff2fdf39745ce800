//! `airlock snapshot` and `--machine`: a folder that stands for a machine; `--explain`: where values come from.

use airlock_tests::diff::assert_same;
use airlock_tests::machine::Machine;
use airlock_tests::program::Airlock;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What changes from one moment to the next, and what is this process's own.
const MOMENT: [&str; 5] = ["accesslog", "versionprovider", "processes", "envs", "users"];

fn content(airlock: &Airlock, arguments: &[&str]) -> Value {
    let mut content = airlock.json(arguments)["content"].take();
    let object = content.as_object_mut().unwrap();
    MOMENT.iter().for_each(|section| drop(object.remove(*section)));
    for drive in object.get_mut("drives").and_then(Value::as_array_mut).into_iter().flatten() {
        drive["free"].take();
    }
    content
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), found);
        } else if entry.file_type().unwrap().is_file() {
            found.push(entry.path());
        }
    }
}

#[test]
fn a_snapshot_as_it_is_gives_the_same_inventory() {
    let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
    let place = folder.path().join("machine");
    let place = place.to_str().unwrap();
    airlock.done(&["snapshot", place, "--as-is"]);
    assert_eq!(fs::metadata(place).unwrap().permissions().mode() & 0o777, 0o700);
    assert_same(&content(&airlock, &["inventory"]), &content(&airlock, &["inventory", "--machine", place]));
    let refused = airlock.run(&["snapshot", place]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stderr.contains("the folder is not empty"), "{}", refused.stderr);
}

#[test]
fn a_snapshot_for_others_names_nobody_and_has_the_same_shape() {
    let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
    let place = folder.path().join("machine");
    airlock.done(&["snapshot", place.to_str().unwrap()]);
    let here = content(&airlock, &["inventory"]);
    let there = content(&airlock, &["inventory", "--machine", place.to_str().unwrap()]);
    for (section, rows) in here.as_object().unwrap() {
        let count = |value: &Value| value.as_array().map_or(1, Vec::len);
        assert_eq!(count(rows), count(&there[section]), "{section}");
    }
    assert_same(&here["softwares"], &there["softwares"]);
    let mut names = vec![here["hardware"]["name"].as_str().unwrap()];
    for interface in here["networks"].as_array().unwrap() {
        names.extend(interface["mac"].as_str().filter(|mac| *mac != "00:00:00:00:00:00"));
    }
    let mut all = Vec::new();
    files(&place, &mut all);
    assert!(all.len() > 20 && names.len() > 1, "{} files, {names:?}", all.len());
    for path in all {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).to_lowercase();
        for name in names.iter().filter(|name| name.len() > 5) {
            assert!(!text.contains(&name.to_lowercase()), "{name} is in {}", path.display());
        }
    }
}

#[test]
fn nothing_in_a_captured_folder_leads_out_of_it() {
    let machine = Machine::workstation();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("passwd"), "stranger:x:4711:4711::/:/bin/sh\n").unwrap();
    let path = machine.path().join("etc/passwd");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(outside.path().join("passwd"), &path).unwrap();
    let text = Airlock::new().done(&["inventory", "--machine", machine.argument()]).stdout;
    assert!(!text.contains("stranger") && text.contains("\"cpus\""));
    // The twin: a link within the machine is followed.
    fs::remove_file(&path).unwrap();
    machine.write("etc/accounts", "resident:x:4711:4711::/:/bin/sh\n");
    std::os::unix::fs::symlink("/etc/accounts", &path).unwrap();
    let text = Airlock::new().done(&["inventory", "--machine", machine.argument()]).stdout;
    assert!(text.contains("resident"));
}

#[test]
fn a_value_is_explained_by_where_it_stands() {
    let machine = Machine::workstation();
    let airlock = Airlock::new();
    let explain =
        |field: &str| airlock.json(&["inventory", "--machine", machine.argument(), "--explain", field, "--json"]);
    let macs = explain("networks.mac");
    let wired = macs.as_array().unwrap().iter().find(|one| one["read"] != "00:00:00:00:00:00").unwrap();
    assert!(wired["found_in"][0].as_str().unwrap().ends_with("/address"), "{wired}");
    let makers = explain("cpus.manufacturer");
    assert_ne!(makers[0]["read"], makers[0]["reported"], "{makers}");
    for (field, help) in [("cpus", "expected SECTION.FIELD"), ("cpu.name", "no section"), ("cpus.nam", "it has")] {
        let output = airlock.run(&["inventory", "--machine", machine.argument(), "--explain", field]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stderr.contains(help), "{}", output.stderr);
    }
}

/// Everything under these names, however deep, that has some length to be found by.
fn named(value: &Value, names: &[&str], found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|text| names.contains(&name.as_str()) && text.len() > 5) {
                    Some(text) => found.push(text.to_owned()),
                    None => named(value, names, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| named(value, names, found)),
        _ => {}
    }
}

#[test]
fn a_recording_for_others_names_nobody_and_replays() {
    let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (own, others) = (path("own.cassette"), path("others.cassette"));
    airlock.done(&["task", "record", "inventory", "-o", &own]);
    airlock.done(&["task", "record", "inventory", "-o", &others, "--pseudonyms"]);
    let text = |path: &str| fs::read_to_string(path).unwrap().to_lowercase();
    let (own_text, others_text) = (text(&own), text(&others));
    assert!(!own_text.lines().next().unwrap().contains("pseudonyms"));
    assert!(others_text.lines().next().unwrap().contains("\"pseudonyms\":true"));

    let mut names = Vec::new();
    let here = content(&airlock, &["inventory"]);
    names.push(here["hardware"]["name"].as_str().unwrap().to_owned());
    named(&here, &["mac", "macaddr", "uuid", "ssn", "machineid"], &mut names);
    names.retain(|name| name.len() > 5 && name != "00:00:00:00:00:00");
    let found: Vec<String> =
        names.iter().map(|name| name.to_lowercase()).filter(|name| own_text.contains(name)).collect();
    assert!(!found.is_empty(), "{names:?}: what would tell this machine from others is in the recording as it is");
    for name in found {
        assert!(!others_text.contains(&name), "{name}");
    }

    // The same sections, as many rows in each.
    let replayed = airlock.json(&["task", "replay", &others, "--json"]);
    assert_eq!(replayed["outcome"], "ok", "{replayed}");
    let as_it_is = airlock.json(&["task", "replay", &own, "--json"]);
    for (section, rows) in as_it_is["report"].as_object().unwrap() {
        if !MOMENT.contains(&section.as_str()) {
            let count = |rows: &Value| rows.as_array().map_or(0, Vec::len);
            assert_eq!(count(rows), count(&replayed["report"][section]), "{section}");
        }
    }
}
