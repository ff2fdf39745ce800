//! What the owner adds to the inventory by hand.

use airlock_tests::machine::Machine;
use airlock_tests::program::{Airlock, Output};
use serde_json::Value;
use std::fs;

fn with(name: &str, text: &str) -> Output {
    let machine = Machine::workstation();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    Airlock::new().run(&["inventory", "--machine", machine.argument(), "--additional-content", file])
}

fn software(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let rows = document["content"]["softwares"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn json_is_added() {
    let text =
        r#"{"content": {"softwares": [{"name": "Made by hand", "version": "7"}], "hardware": {"description": "x"}}}"#;
    let output = with("more.json", text);
    assert_eq!(software(&output), ["bash", "editor", "Made by hand"]);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let hardware = &document["content"]["hardware"];
    assert_eq!((&hardware["description"], &hardware["name"]), (&"x".into(), &"bench-01".into()));
}

#[test]
fn xml_is_added() {
    let text = "<?xml version=\"1.0\"?><REQUEST><CONTENT><SOFTWARES><NAME>Made &amp; kept</NAME></SOFTWARES></CONTENT></REQUEST>";
    assert_eq!(software(&with("more.xml", text)), ["bash", "editor", "Made & kept"]);
}

#[test]
fn what_does_not_fit_is_left_out_and_said() {
    let text = r#"{"content": {"softwares": [{"name": "Kept", "no_such_field": "x", "filesize": "many"}]}}"#;
    let output = with("more.json", text);
    assert_eq!(software(&output), ["bash", "editor", "Kept"]);
    assert!(output.stderr.contains("no_such_field") && output.stderr.contains("more.json"), "{}", output.stderr);
}

#[test]
fn what_cannot_be_read_is_exit_code_2() {
    for (name, text) in [
        ("broken.json", "{\"content\": "),
        ("list.json", "[1, 2]"),
        ("broken.xml", "<REQUEST><CONTENT><SOFTWARES></CONTENT>"),
        (
            "bomb.xml",
            "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><REQUEST><CONTENT><SOFTWARES><NAME>&a;</NAME></SOFTWARES></CONTENT></REQUEST>",
        ),
        ("words.txt", "neither of the two"),
    ] {
        let output = with(name, text);
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        assert!(output.stderr.contains(name), "{name}: {}", output.stderr);
        assert_eq!(output.stdout, "", "{name}");
    }
}

#[test]
fn a_file_that_is_not_there_is_a_failure() {
    let output = Airlock::new().run(&["inventory", "--additional-content", "/nonexistent/more.json"]);
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(output.stderr.contains("/nonexistent/more.json"), "{}", output.stderr);
}
