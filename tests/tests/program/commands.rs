//! The other commands: tasks, completions, the version.

use airlock_tests::HOSTILE;
use airlock_tests::program::Airlock;
use serde_json::Value;
use std::fs;

#[test]
fn tasks_are_listed() {
    let airlock = Airlock::new();
    assert!(airlock.done(&["task", "list"]).stdout.lines().any(|line| line.starts_with("inventory ")));
    let tasks = airlock.json(&["task", "list", "--json"]);
    assert_eq!((&tasks[0]["name"], &tasks[0]["kind"]), (&"inventory".into(), &"inventory".into()));
    assert_eq!(tasks[0]["sha256"].as_str().unwrap().len(), 64);
}

/// What a task of ours imports, and whether that is a right.
fn imports(airlock: &Airlock, task: &str) -> Vec<(String, bool)> {
    let inspection = airlock.json(&["task", "inspect", task, "--json"]);
    let imports = inspection["imports"].as_array().unwrap().iter();
    let mut imports: Vec<(String, bool)> =
        imports.map(|i| (i["name"].as_str().unwrap().to_owned(), i["right"].as_bool().unwrap())).collect();
    imports.sort_unstable();
    imports
}

#[test]
fn the_network_inventory_task_asks_for_snmp_and_nothing_else() {
    let imports = imports(&Airlock::new(), "netinventory");
    let rights: Vec<&str> = imports.iter().filter(|(_, right)| *right).map(|(name, _)| name.as_str()).collect();
    assert!(rights.contains(&"airlock:snmp/snmp@0.1.0"), "{imports:?}");
    let others: Vec<&&str> = rights.iter().filter(|name| !name.starts_with("airlock:snmp/")).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn the_network_discovery_task_asks_for_snmp_and_probes_and_nothing_else() {
    let imports = imports(&Airlock::new(), "netdiscovery");
    let rights: Vec<&str> = imports.iter().filter(|(_, right)| *right).map(|(name, _)| name.as_str()).collect();
    assert!(rights.contains(&"airlock:net/probe@0.1.0") && rights.contains(&"airlock:snmp/snmp@0.1.0"), "{imports:?}");
    let known = |name: &str| name.starts_with("airlock:snmp/") || name == "airlock:net/probe@0.1.0";
    assert!(rights.iter().all(|name| known(name)), "{rights:?}");
}

#[test]
fn the_inventory_task_asks_for_facts_and_nothing_else() {
    let airlock = Airlock::new();
    let sorted = imports(&airlock, "inventory");
    let sorted: Vec<(&str, bool)> = sorted.iter().map(|(name, right)| (name.as_str(), *right)).collect();
    assert_eq!(
        sorted,
        [("airlock:facts/facts@0.1.0", true), ("airlock:task/run@0.1.0", false), ("airlock:types/types@0.1.0", false)]
    );
    let words = airlock.done(&["task", "inspect", "inventory"]).stdout;
    assert!(words.contains("The only right it asks for is airlock:facts/facts@0.1.0"), "{words}");
}

#[test]
fn a_file_is_inspected() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let airlock = Airlock::new();
    let good = file("hostile.wasm", HOSTILE);
    let inspection: Value = airlock.json(&["task", "inspect", &good, "--json"]);
    assert_eq!((&inspection["kind"], &inspection["size"]), (&"everything".into(), &HOSTILE.len().into()));

    let wasi = airlock_tests::wasm::replaced(HOSTILE, b"airlock:facts/facts@0.1.0", b"wasi:cli/environmen@0.2.0");
    let words = airlock.done(&["task", "inspect", &file("wasi.wasm", &wasi)]).stdout;
    assert!(words.contains("would be refused") && words.contains("WASI, which no task gets"), "{words}");

    for (name, bytes, says) in [
        ("text.wasm", &b"#!/bin/sh\n"[..], "not a WebAssembly component"),
        ("module.wasm", b"\0asm\x01\0\0\0", "a core module"),
        ("\u{1b}[31mevil.wasm", b"", "not a WebAssembly component"),
    ] {
        let output = airlock.run(&["task", "inspect", &file(name, bytes)]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stderr.contains(says) && !output.stderr.contains('\u{1b}'), "{:?}", output.stderr);
    }
    let output = airlock.run(&["task", "inspect", "/nonexistent/task.wasm"]);
    assert!(!output.status.success() && output.stderr.contains("/nonexistent/task.wasm"), "{}", output.stderr);
}

#[test]
fn the_version_and_the_help_are_printed() {
    let airlock = Airlock::new();
    assert_eq!(airlock.done(&["--version"]).stdout, format!("airlock {}\n", env!("CARGO_PKG_VERSION")));
    assert!(airlock.done(&["--help"]).stdout.contains("Exit codes:"));
    assert!(airlock.done(&["inventory", "--help"]).stdout.contains("--no-category"));
}

#[test]
fn completions_are_a_script() {
    let airlock = Airlock::new();
    let script = airlock.done(&["completions", "bash"]).stdout;
    assert!(script.contains("_airlock()") && script.contains("--no-category"), "{script}");
    for shell in ["zsh", "fish"] {
        assert!(airlock.done(&["completions", shell]).stdout.contains("airlock"));
    }
}
