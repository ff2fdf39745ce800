//! Who hears how a job goes, and how much of it.

use airlock_tests::fakeglpi::{FakeGlpi, Package};
use airlock_tests::managed::{Managed, TOUCH};
use serde_json::json;

const UUID: &str = "6b02e835e4c90";

#[test]
fn pr_11_a_server_that_names_another_for_its_jobs_gets_nothing_done_and_the_other_hears_nothing() {
    let managed = Managed::new(TOUCH);
    let other = FakeGlpi::http();
    managed
        .server
        .deploys(&Package::new(UUID).action(json!({"cmd": {"exec": format!("touch {}", managed.text("done"))}})));
    managed.server.names_for_jobs(&other.url("/plugins/glpiinventory/b/deploy/"));
    let told = managed.round();
    assert!(told["what"].as_str().unwrap().contains("refused: it names"), "{told}");
    assert_eq!(other.connections(), 0, "nobody went there");
    assert!(managed.server.asked_to("getJobs").is_empty() && managed.server.told().is_empty());
    assert!(!managed.path("done").exists());
    let events = managed.agent.airlock.events("address of jobs refused");
    assert_eq!(events.len(), 1, "{events:?}");
}

#[test]
fn pr_11_twin_a_server_that_names_itself_hears_how_its_job_goes() {
    let managed = Managed::new(TOUCH);
    managed
        .server
        .deploys(&Package::new(UUID).action(json!({"cmd": {"exec": format!("touch {}", managed.text("done"))}})));
    managed.round();
    assert!(managed.path("done").exists());
    assert_eq!(managed.server.told().last().map(String::as_str), Some("ok: job successfully completed"));
}

const SEQ: &str = r#"
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "exec.template"
templates = ["seq"]

[template.seq]
program = "/usr/bin/seq"
argv = ["--", "{n}"]
recognise = ["seq {n}"]
[template.seq.args]
n = { type = "int", min = 0, max = 1000000 }
"#;

#[test]
fn pr_14_a_flood_of_lines_is_cut_short_at_the_machine_and_its_end_is_told() {
    let managed = Managed::new(SEQ);
    let flood = |n: u32| json!({"cmd": {"exec": format!("seq {n}"), "logLineLimit": -1}});
    managed.server.deploys(&Package::new(UUID).action(flood(100_000)).action(flood(100_000)));
    let told = managed.round();
    let lines = managed.server.told();
    assert!((900..1100).contains(&lines.len()), "{} {told}", lines.len());
    assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"));
    assert!(lines[lines.len() - 2].contains("more lines are kept at the machine (airlock jobs show j-1)"), "{lines:?}");
    let kept = managed.agent.json(&["jobs", "show", "j-1", "--json"]);
    assert!(kept["told"].as_array().unwrap().len() > lines.len(), "all of it is here");
}

#[test]
fn pr_14_twin_a_few_lines_are_told_one_by_one() {
    let managed = Managed::new(SEQ);
    managed.server.deploys(&Package::new(UUID).action(json!({"cmd": {"exec": "seq 5", "logLineLimit": -1}})));
    managed.round();
    let lines = managed.server.told();
    for n in 1..=5 {
        assert!(lines.contains(&format!("processing: action #1: {n}")), "{lines:?}");
    }
    assert!(!lines.iter().any(|line| line.contains("more lines are kept")), "{lines:?}");
}
