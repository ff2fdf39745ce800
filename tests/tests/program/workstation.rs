//! The whole inventory of a made-up machine, compared with the one that is kept beside its files.

use airlock_tests::diff::assert_same;
use airlock_tests::machine::{Machine, kept};
use airlock_tests::program::Airlock;
use serde_json::Value;
use std::fs;

/// To write what is found in place of what is expected: `AIRLOCK_TESTS_WRITE=1 cargo nextest run …`; then read the diff.
const WRITE: &str = "AIRLOCK_TESTS_WRITE";

#[test]
fn the_workstation_is_as_expected() {
    let machine = Machine::workstation();
    let mut content = Airlock::new().json(&["inventory", "--machine", machine.argument()])["content"].take();
    forget_the_moment(&mut content);
    let path = kept("workstation/expected.json");
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, format!("{content:#}\n")).unwrap();
    }
    let expected: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_same(&expected, &content);
}

/// What depends on when, by whom and with which version the test is run.
fn forget_the_moment(content: &mut Value) {
    let object = content.as_object_mut().unwrap();
    assert!(object.remove("accesslog").is_some_and(|log| log["logdate"].as_str().is_some_and(|date| date.len() == 19)));
    object.remove("versionclient");
    object["versionprovider"]["etime"].take();
    object["versionprovider"]["version"].take();
    for process in object["processes"].as_array_mut().unwrap() {
        // The owner of the folder.
        process["user"].take();
    }
}
