//! The deploy task, on machines that do not exist.

use airlock_tests::program::Airlock;

/// A job that is done whole, checks that fail, skip and look around, a free command, what is to leave the granted folders,
/// files that are not to be had, no job at all, a component that came along: what the server is told of each.
#[test]
fn the_deploy_task_tells_its_server_what_becomes_of_a_job() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/../guest-tasks/deploy/cases");
    let tested = Airlock::new().json(&["task", "test", cases, "--json"]);
    assert_eq!(tested.to_string().matches("\"passed\":true").count(), 9, "{tested:#}");
}
