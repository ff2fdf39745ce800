//! Jobs that are cut short: the program is killed (SIGKILL) at different points of a job, and started again.

use airlock_native::{Folders, ServerState};
use airlock_tests::agent::until;
use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::Managed;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::process::Stdio;
use std::time::Duration;

const UUID: &str = "6b02e835e4c90";
const DONE: &str = "ok: job successfully completed";

/// Folders that are made once: a second time is an error. And a command that takes a while.
fn grants(more: &str) -> String {
    format!(
        r#"
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "exec.template"
templates = ["once", "sleep"]
{more}

[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "files.hash"
paths = ["{{folder}}/**"]

[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "files.stat"
paths = ["{{folder}}/**"]

[template.once]
program = "/usr/bin/mkdir"
argv = ["--", "{{file}}"]
recognise = ["once {{file}}"]
[template.once.args]
file = {{ type = "path-under", root = "{{folder}}" }}

[template.sleep]
program = "/usr/bin/sleep"
argv = ["--", "{{seconds}}"]
recognise = ["sleep {{seconds}}"]
[template.sleep.args]
seconds = {{ type = "int", min = 0, max = 60 }}
"#
    )
}

fn once(managed: &Managed, name: &str) -> Value {
    let well = json!([{"type": "okCode", "values": ["0"]}]);
    json!({"cmd": {"exec": format!("once {}", managed.text(name)), "name": name, "logLineLimit": 0, "retChecks": well}})
}

fn sleep(seconds: u32) -> Value {
    json!({"cmd": {"exec": format!("sleep {seconds}"), "name": "a long one", "logLineLimit": 0}})
}

/// Runs the program until that is so, and kills it.
fn killed_when(managed: &Managed, is_so: impl Fn() -> bool) {
    let mut child = managed.agent.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(until(is_so), "it never came so far: {:?}", managed.server.told());
    child.kill().unwrap();
    child.wait().unwrap();
    // What it was just about to start may hold the lock of its session until it has begun, and that takes its time.
    let state = ServerState::of_server(&Folders::new(Some(managed.state())).unwrap(), "hq").unwrap();
    assert!(until(|| state.session().unwrap().is_some()), "something holds its session");
}

#[test]
fn a_job_that_is_cut_short_in_the_middle_of_a_change_fails_with_where_and_does_not_run_again() {
    let managed = Managed::new(&grants(""));
    let package = Package::new(UUID).action(once(&managed, "one")).action(sleep(20)).action(once(&managed, "two"));
    managed.server.deploys(&package);
    killed_when(&managed, || managed.server.told().iter().any(|line| line == "processing ok: one, processing success"));
    let told = managed.round();
    let lines = managed.server.told();
    assert_eq!(
        lines.last().map(String::as_str),
        Some("processing ko: interrupted during action #2 (a long one); not run again (action 1)"),
        "{told} {lines:?}"
    );
    for _ in 0..2 {
        managed.round();
    }
    assert_eq!(managed.server.told(), lines, "and nothing more comes of it");
    assert!(managed.path("one").exists() && !managed.path("two").exists());
}

#[test]
fn a_job_that_is_cut_short_before_anything_is_changed_is_done_at_the_next_contact() {
    let managed = Managed::new(&grants(""));
    // A check that takes its time the first time.
    let large = File::create(managed.path("large")).unwrap();
    large.set_len(64 << 30).unwrap();
    let check = json!({
        "type": "fileSHA512", "path": managed.text("large"), "return": "info", "name": "", "value": "0".repeat(128),
    });
    managed.server.deploys(&Package::new(UUID).check(check).action(once(&managed, "one")));
    killed_when(&managed, || managed.server.told().iter().any(|line| line == "checking: starting"));
    assert!(!managed.path("one").exists());
    large.set_len(0).unwrap();
    let told = managed.round();
    assert!(managed.path("one").exists(), "{told}");
    assert_eq!(managed.server.told().last().map(String::as_str), Some(DONE), "{told}");
}

#[test]
fn a_job_that_may_be_repeated_is_run_again() {
    let managed = Managed::new(&grants("repeatable = true"));
    managed.server.deploys(&Package::new(UUID).action(sleep(3)).action(once(&managed, "one")));
    killed_when(&managed, || {
        let journals = fs::read_dir(managed.state().join("servers/hq/jobs"));
        let events =
            journals.into_iter().flatten().filter_map(|job| fs::read_to_string(job.ok()?.path().join("events")).ok());
        events.into_iter().any(|text| text.contains("\"change\""))
    });
    let told = managed.round();
    assert!(managed.path("one").exists(), "{told}");
    assert_eq!(managed.server.told().last().map(String::as_str), Some(DONE), "{told}");
}

/// The journal of the one job as a kill leaves it that came before these events were written.
fn forget_events(managed: &Managed, is_forgotten: impl Fn(&Value) -> bool) {
    let folder = managed.state().join("servers/hq/jobs");
    let journals: Vec<_> = fs::read_dir(folder).unwrap().map(|job| job.unwrap().path().join("events")).collect();
    assert_eq!(journals.len(), 1);
    let text = fs::read_to_string(&journals[0]).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !is_forgotten(&serde_json::from_str(line).unwrap())).collect();
    assert!(kept.len() < text.lines().count(), "{text}");
    fs::write(&journals[0], kept.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
}

#[test]
fn a_job_that_is_cut_short_between_its_last_line_and_its_end_has_one_end() {
    let is_end = |event: &Value| event.get("done").is_some();
    for is_repeatable in [false, true] {
        let managed = Managed::new(&grants(if is_repeatable { "repeatable = true" } else { "" }));
        managed.server.deploys(&Package::new(UUID).action(once(&managed, "one")));
        managed.round();
        let lines = managed.server.told();
        assert_eq!(lines.last().map(String::as_str), Some(DONE));
        forget_events(&managed, is_end);
        managed.round();
        managed.round();
        assert_eq!(managed.server.told(), lines);
        // Its last line had not gone either.
        let sent = json!({ "sent": lines.len() });
        forget_events(&managed, |event| is_end(event) || *event == sent);
        let told = managed.round();
        assert_eq!(managed.server.told()[lines.len()..], [DONE], "{told}");
    }
}

#[test]
fn a_job_that_was_found_cut_short_is_told_so_once() {
    let managed = Managed::new(&grants(""));
    managed.server.deploys(&Package::new(UUID).action(once(&managed, "one")).action(sleep(20)));
    killed_when(&managed, || managed.server.told().iter().any(|line| line == "processing ok: one, processing success"));
    managed.round();
    let lines = managed.server.told();
    assert!(lines.last().unwrap().starts_with("processing ko: interrupted during action #2"), "{lines:?}");
    forget_events(&managed, |event| event.get("done").is_some());
    managed.round();
    assert_eq!(managed.server.told(), lines);
}

/// Wherever it is killed: the job is done once, or its server knows where it was cut short. Never twice.
#[test]
fn a_job_is_never_done_twice_wherever_it_is_killed() {
    for point in 0..8 {
        let managed = Managed::new(&grants(""));
        let package = (0..4).fold(Package::new(UUID), |job, n| job.action(once(&managed, &format!("folder-{n}"))));
        managed.server.deploys(&package);
        killed_when(&managed, || managed.server.told().len() >= point);
        for _ in 0..3 {
            managed.round();
        }
        let lines = managed.server.taken();
        let last = lines.last().unwrap();
        assert!(last == DONE || last.starts_with("processing ko: interrupted during action #"), "{point}: {lines:?}");
        assert!(!lines.iter().any(|line| line.contains("processing failure")), "done twice at {point}: {lines:?}");
        let ends = lines.iter().filter(|line| *line == DONE || line.contains(" ko: ")).count();
        assert_eq!(ends, 1, "{point}: {lines:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
