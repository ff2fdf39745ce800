//! Deployments from a server, end to end: what is done on the machine, and what the server is told, in which order.

use airlock_tests::fakeglpi::{Package, Reply};
use airlock_tests::managed::{Managed, TOUCH};
use serde_json::{Value, json};
use std::fs;

const UUID: &str = "6b02e835e4c90";
const STAT: &str =
    "[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"files.stat\"\npaths = [\"{folder}/**\"]\n";

/// As [`TOUCH`], once a person has approved it.
fn approved_touch() -> String {
    let grant = "templates = [\"touch\"]";
    TOUCH.replacen(grant, &format!("{grant}\napproval = \"ops\""), 1) + "[approval.ops]\nexpires = \"1h\"\n"
}

fn touch(managed: &Managed, name: &str) -> Value {
    json!({"cmd": {"exec": format!("touch {}", managed.text(name)), "logLineLimit": 0}})
}

#[test]
fn a_job_is_done_and_its_server_is_told_in_the_order_of_the_protocol() {
    let managed = Managed::new(&format!("{TOUCH}{STAT}"));
    let missing = json!({"type": "fileMissing", "path": managed.text("done"), "return": "error", "name": "not there", "value": ""});
    let package = Package::new(UUID).check(missing).action(touch(&managed, "done"));
    managed.server.deploys(&package);
    let told = managed.round();
    assert!(told["ok"] == true, "{told}");
    assert!(managed.path("done").exists(), "{told} {:?}", managed.server.told());
    let lines = managed.server.told();
    assert_eq!(lines.first().map(String::as_str), Some("checking: starting"), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"), "{lines:?}");
    assert!(lines.contains(&"processing ok: action #1, processing success".to_owned()), "{lines:?}");
    let asked = managed.server.asked_to("getConfig");
    assert_eq!(asked[0].parameter("task[Deploy]").as_deref(), Some("3.3"));
    assert_eq!(managed.server.asked_to("getJobs")[0].parameter("version").as_deref(), Some("3.3"));
    assert!(managed.server.asked_to("setStatus").iter().all(|r| r.parameter("uuid").as_deref() == Some(UUID)));
    // What left of it is in the ledger, word by word.
    let mut ledger = String::new();
    for left in managed.agent.json(&["sent", "--json"]).as_array().unwrap() {
        if left["kind"] == "status" {
            let name = format!("servers/hq/told/{}.document", left["sha256"].as_str().unwrap());
            ledger += &fs::read_to_string(managed.state().join(name)).unwrap();
        }
    }
    let addresses: Vec<String> = managed.server.asked_to("setStatus").iter().map(|r| r.query.clone()).collect();
    assert!(!addresses.is_empty());
    assert_eq!(ledger.lines().map(|line| line.split_once('?').unwrap().1).collect::<Vec<_>>(), addresses);
    // Nothing is told twice.
    managed.round();
    assert_eq!(managed.server.told(), lines);
}

#[test]
fn without_a_grant_the_task_is_not_enabled_and_nobody_is_asked_for_jobs() {
    let managed = Managed::new("");
    managed.server.deploys(&Package::new(UUID).action(touch(&managed, "done")));
    managed.round();
    assert!(managed.server.asked_to("getJobs").is_empty() && managed.server.told().is_empty());
    assert!(!managed.path("done").exists());
}

#[test]
fn what_a_server_did_not_hear_goes_first_the_next_time() {
    let managed = Managed::new(TOUCH);
    managed.server.deploys(&Package::new(UUID).action(touch(&managed, "done")));
    // The job comes; then nothing is taken any more.
    managed.server.after("getJobs", Reply::status(503));
    let told = managed.round();
    assert!(managed.path("done").exists(), "the job goes on without its server: {told}");
    assert!(told["what"].as_str().unwrap().contains("could not be told"), "{told}");
    managed.server.well_again();
    managed.round();
    let lines = managed.server.taken();
    assert_eq!(lines.first().map(String::as_str), Some("checking: starting"), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"), "{lines:?}");
    let mut once = lines.clone();
    once.dedup();
    assert_eq!(once, lines, "in order, and each once");
}

#[test]
fn a_check_that_skips_ends_the_job_well_and_one_that_fails_ends_it_badly() {
    let managed = Managed::new(&format!("{TOUCH}{STAT}"));
    fs::write(managed.path("there"), "").unwrap();
    for (what, uuid, end) in [("skip", "6b02e835e4c91", "ok: job skipped"), ("error", "6b02e835e4c92", "ko: check #1")]
    {
        let check =
            json!({"type": "fileMissing", "path": managed.text("there"), "return": what, "name": "", "value": ""});
        managed.server.deploys(&Package::new(uuid).check(check).action(touch(&managed, what)));
        managed.round();
        let lines = managed.server.told();
        let last = lines.last().unwrap();
        assert!(last.contains(end), "{what}: {lines:?}");
        assert!(!managed.path(what).exists());
    }
}

#[test]
fn a_malformed_list_is_refused_whole() {
    let managed = Managed::new(TOUCH);
    let good = Package::new(UUID).action(touch(&managed, "done"));
    managed.server.deploys_this(json!({"jobs": [good.job, {"uuid": "6b02e835e4c99"}], "associatedFiles": {}}));
    let told = managed.round();
    assert!(told["what"].as_str().unwrap().contains("refused, all of them"), "{told}");
    assert!(!managed.path("done").exists() && managed.server.told().is_empty());
}

#[test]
fn a_job_waits_for_a_person_and_runs_after_that() {
    let managed = Managed::new(&approved_touch());
    let package = Package::new(UUID).action(touch(&managed, "one")).action(touch(&managed, "two"));
    managed.server.deploys(&package);
    let told = managed.round();
    assert!(told["what"].as_str().unwrap().contains("waiting for local approval (expires "), "{told}");
    let lines = managed.server.told();
    assert!(lines.len() == 1 && lines[0].starts_with("checking: waiting for local approval (expires "), "{lines:?}");
    managed.round();
    assert_eq!(managed.server.told(), lines, "it is told once");
    let waiting = managed.agent.json(&["jobs", "--json"]);
    assert_eq!(waiting["waiting"][0]["calls"].as_array().map(Vec::len), Some(2), "all of it is shown: {waiting}");
    let digest = waiting["waiting"][0]["digest"].as_str().unwrap().to_owned();
    let list = managed.run(&["jobs"]).stdout;
    assert!(list.contains("j-1") && list.contains("2 calls: exec.template touch file="), "{list}");
    let simulated = managed.agent.json(&["jobs", "simulate", "j-1", "--json"]);
    assert_eq!(simulated["planned"].as_array().map(Vec::len), Some(2), "{simulated}");
    assert_eq!(simulated["status"].as_array().unwrap().last().unwrap()["message"], "job successfully completed");
    assert!(!managed.path("one").exists(), "nothing is done");
    let shown = managed.run(&["jobs", "show", "j-1"]).stdout;
    assert!(
        shown.contains("Told its server (1 of 1 taken):") && shown.contains("waiting for local approval"),
        "{shown}"
    );
    let output = managed.run(&["jobs", "approve", &digest]);
    assert!(output.status.success(), "{output:?}");
    let told = managed.round();
    assert!(managed.path("one").exists() && managed.path("two").exists(), "{told} {:?}", managed.server.told());
    assert_eq!(managed.server.told().last().map(String::as_str), Some("ok: job successfully completed"));
}

#[test]
fn a_job_that_a_person_refuses_is_told_as_failed() {
    let managed = Managed::new(&approved_touch());
    managed.server.deploys(&Package::new(UUID).action(touch(&managed, "done")));
    managed.round();
    let digest = managed.agent.json(&["jobs", "--json"])["waiting"][0]["digest"].as_str().unwrap().to_owned();
    managed.run(&["jobs", "refuse", &digest]);
    managed.round();
    let lines = managed.server.told();
    assert!(lines.last().unwrap().starts_with("ko: refused by "), "{lines:?}");
    assert!(!managed.path("done").exists());
}

#[test]
fn an_approval_can_have_its_effect_at_once() {
    let managed = Managed::new(&approved_touch());
    managed.server.deploys(&Package::new(UUID).action(touch(&managed, "done")));
    managed.round();
    let digest = managed.agent.json(&["jobs", "--json"])["waiting"][0]["digest"].as_str().unwrap().to_owned();
    let output = managed.run(&["jobs", "approve", &digest, "--now"]);
    assert!(output.status.success() && managed.path("done").exists(), "{output:?}");
    let listed = managed.agent.json(&["jobs", "list", "--json"]);
    assert_eq!(
        (&listed["jobs"][0]["done"], &listed["jobs"][0]["state"]),
        (&json!(true), &json!("job successfully completed"))
    );
}

#[test]
fn an_inventory_of_the_software_follows_a_job_that_asks_for_it() {
    let managed = Managed::new(TOUCH);
    let package =
        Package::new(UUID).action(touch(&managed, "done")).with("requires", json!({"softwares-inventory": 1}));
    managed.server.deploys(&package);
    let told = managed.round();
    let inventories = managed.server.inventories();
    assert_eq!(inventories.len(), 2, "{told}");
    assert!(told["what"].as_str().unwrap().contains("after a job: "), "{told}");
    assert!(inventories[1].contains("SOFTWARES") || inventories[1].contains("softwares"), "{:.500}", inventories[1]);
    assert!(inventories[1].len() < inventories[0].len(), "only a part: {:.500}", inventories[1]);
}
