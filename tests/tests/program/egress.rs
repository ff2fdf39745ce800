//! What leaves for a server: redacted, written down, and shown again; and the audit of it, checked.

use airlock_tests::machine::Machine;
use airlock_tests::program::{Airlock, Output};
use std::fs;
use std::path::PathBuf;

const NAME: &str = "carolcanary";

const POLICY: &str = r#"
policy_version = 1
id     = "test"
serial = 1
layer  = "local"
mode   = "enforce"

[server.hq]
origin = "https://hq.example"

[[grant]]
server = ["hq"]
task   = ["inventory"]
verb   = "inventory.read"
categories = ["*"]

[[grant]]
server = ["hq"]
task   = ["*"]
verb   = "report.send"
redact = "office"

[redact.office]
unknown = "keep"
[[redact.office.rule]]
path = "content.local_users.*.login"
op   = "hash"
[[redact.office.rule]]
path = "content.softwares"
op   = "filter"
drop = { name = ["edit*"] }
"#;

struct Scene {
    airlock: Airlock,
    machine: Machine,
}

impl Scene {
    fn new() -> Self {
        let (airlock, machine) = (Airlock::new(), Machine::workstation());
        let user = format!("{NAME}:x:1000:1000:Carol Example:/home/{NAME}:/bin/sh\n");
        machine.write("etc/passwd", format!("root:x:0:0:root:/root:/bin/sh\n{user}"));
        machine.write("proc/sys/kernel/hostname", format!("pc-of-{NAME}\n"));
        fs::write(airlock.vardir().join("50-test.toml"), POLICY).unwrap();
        Self { airlock, machine }
    }

    fn policy(&self) -> PathBuf {
        self.airlock.vardir().join("50-test.toml")
    }

    fn inventory(&self, more: &[&str]) -> Output {
        let policy = self.policy();
        let words = ["inventory", "--machine", self.machine.argument(), "--policy", policy.to_str().unwrap()];
        self.airlock.done(&[&words[..], more].concat())
    }
}

#[test]
fn a_name_that_is_withheld_is_nowhere_in_the_document_and_without_a_server_it_is() {
    let scene = Scene::new();
    for format in ["--json", "--xml", "--html"] {
        let plain = scene.inventory(&[format]).stdout;
        assert!(plain.contains(NAME), "{format}");
        let output = scene.inventory(&[format, "--server", "hq"]);
        assert!(!output.stdout.to_lowercase().contains(NAME), "{format}: {}", output.stdout);
        assert!(output.stderr.contains("content.local_users.*.login") && output.stderr.contains("50-test.toml:"));
    }
    let document: serde_json::Value = serde_json::from_str(&scene.inventory(&["--server", "hq"]).stdout).unwrap();
    let softwares = document["content"]["softwares"].as_array().unwrap();
    assert!(!softwares.is_empty() && softwares.iter().all(|row| !row["name"].as_str().unwrap().starts_with("edit")));
    let logins: Vec<&str> =
        document["content"]["local_users"].as_array().unwrap().iter().filter_map(|row| row["login"].as_str()).collect();
    assert!(logins.iter().all(|login| login.starts_with('~') && login.len() == 17), "{logins:?}");
}

#[test]
fn what_left_is_written_down_byte_for_byte_and_what_was_new_is_shown() {
    let scene = Scene::new();
    let first = scene.inventory(&["--server", "hq"]).stdout;
    assert_eq!(scene.airlock.done(&["sent", "--server", "hq", "--last"]).stdout, first);
    let packages = scene.machine.text("var/lib/dpkg/status").replace("Package: editor", "Package: newcomer");
    scene.machine.write("var/lib/dpkg/status", packages);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hq.json");
    scene.inventory(&["--server", "hq", "-o", file.to_str().unwrap()]);
    let sent = scene.airlock.json(&["sent", "--json"]);
    assert_eq!(sent.as_array().unwrap().len(), 2);
    assert_eq!(sent[1]["to"], file.to_str().unwrap());
    assert_eq!(scene.airlock.done(&["sent", "--last"]).stdout, fs::read_to_string(&file).unwrap());
    let diff = scene.airlock.done(&["sent", "--diff"]).stdout;
    assert!(diff.contains("softwares: ") && diff.contains("newcomer"), "{diff}");
    assert!(scene.airlock.done(&["sent"]).stdout.contains("hq"));
    assert!(!scene.airlock.run(&["sent", "--server", "lab", "--last"]).status.success());
}

#[test]
fn nothing_is_sent_that_no_grant_sends() {
    let scene = Scene::new();
    fs::write(scene.policy(), POLICY.replace("report.send", "ui.ask").replace("redact = \"office\"", "")).unwrap();
    let policy = scene.policy();
    let words = ["inventory", "--machine", scene.machine.argument(), "--policy", policy.to_str().unwrap()];
    let output = scene.airlock.run(&[&words[..], &["--server", "hq"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", output.stderr);
    assert!(output.stdout.is_empty() && output.stderr.contains("NO_GRANT"), "{}", output.stderr);
    assert_eq!(scene.airlock.json(&["sent", "--json"]).as_array().unwrap().len(), 0);
}

#[test]
fn the_audit_is_verified_and_a_change_is_found() {
    let scene = Scene::new();
    scene.inventory(&["--server", "hq"]);
    scene.inventory(&[]);
    let verified = scene.airlock.json(&["audit", "verify", "--json"]);
    assert_eq!(verified["ok"], true, "{verified}");
    assert!(verified["anchors"].as_u64().unwrap() >= 2, "{verified}");
    let shown = scene.airlock.done(&["audit", "show", "--server", "hq"]).stdout;
    assert!(shown.contains("inventory.read") && shown.contains("sections="), "{shown}");
    let path = scene.airlock.vardir().join("log/audit.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let head = format!("{}:{}", verified["last"], verified["head"].as_str().unwrap());
    let faults = [
        ("changed", text.replacen("\"allow\"", "\"deny!\"", 1)),
        ("missing", text.lines().enumerate().filter(|(n, _)| *n != 4).map(|(_, line)| format!("{line}\n")).collect()),
        ("its end is missing", text.lines().take(20).map(|line| format!("{line}\n")).collect()),
    ];
    for (what, changed) in faults {
        fs::write(&path, changed).unwrap();
        let output = scene.airlock.run(&["audit", "verify"]);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", output.stderr);
        assert!(output.stderr.contains(what), "{what}: {}", output.stderr);
    }
    fs::write(&path, &text).unwrap();
    let copy = path.to_str().unwrap();
    assert!(scene.airlock.done(&["audit", "verify", "--file", copy, "--anchor", &head]).stdout.contains("heads agree"));
    let wrong = format!("{}:{}", verified["last"], "0".repeat(64));
    assert!(!scene.airlock.run(&["audit", "verify", "--file", copy, "--anchor", &wrong]).status.success());
    assert_eq!(scene.airlock.run(&["audit", "verify", "--anchor", "nonsense"]).status.code(), Some(2));
}
