//! The tasks that look at devices, on machines that do not exist.

use airlock_tests::program::Airlock;

/// A switch, an address where nobody is, and one that the policy does not grant: each says of itself what has to come of it.
#[test]
fn the_network_discovery_task_reports_what_is_there_and_nobody_else() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/../guest-tasks/netdiscovery/cases");
    let tested = Airlock::new().json(&["task", "test", cases, "--json"]);
    assert_eq!(tested.to_string().matches("\"passed\":true").count(), 3, "{tested:#}");
}
