//! The tasks of a managed machine, on machines that do not exist.

use airlock_tests::program::Airlock;

/// A job that is done whole, checks that fail, skip and look around, a free command, what is to leave the granted folders,
/// files that are not to be had, no job at all, a component that came along: what the server is told of each.
#[test]
fn the_deploy_task_tells_its_server_what_becomes_of_a_job() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/../guest-tasks/deploy/cases");
    let tested = Airlock::new().json(&["task", "test", cases, "--json"]);
    assert_eq!(tested.to_string().matches("\"passed\":true").count(), 9, "{tested:#}");
}

/// Files that are granted and files that are not, a question with a word that nobody knows; machines that are woken, that are
/// not granted, none at all.
#[test]
fn collections_and_wake_ups_come_to_what_their_cases_say() {
    for (task, count) in [("collect", 3), ("wakeonlan", 3)] {
        let cases = format!("{}/../guest-tasks/{task}/cases", env!("CARGO_MANIFEST_DIR"));
        let tested = Airlock::new().json(&["task", "test", &cases, "--json"]);
        assert_eq!(tested.to_string().matches("\"passed\":true").count(), count, "{tested:#}");
    }
}
