//! The example policies of tests/policies: they load, and the tests that stand in them pass.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that goes wrong ends, and reads the examples where they stand"
)]

use airlock_gate::policy::{PolicyFile, Rules, Severity, call_of, lint};
use jiff::Timestamp;
use std::fs;
use std::path::Path;

fn examples() -> Vec<PolicyFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/policies");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.iter().map(|path| PolicyFile::new(name(path), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn the_examples_load_and_pass_their_own_tests() {
    let examples = examples();
    assert_eq!(examples.len(), 4);
    for example in examples {
        let rules = Rules::parse(std::slice::from_ref(&example)).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert!(rules.warnings.iter().all(|problem| problem.severity == Severity::Warning));
        let lint = lint(&rules);
        assert!(!lint.has_errors(), "{lint}");
        assert!(!rules.tests.is_empty() || example.name == "approve-first.toml");
        for outcome in rules.test() {
            assert!(outcome.passed, "{}: {outcome:#?}", example.name);
        }
    }
}

/// 9. Version 1 of the language: byte for byte the decisions of every release before.
#[test]
fn version_1_means_what_it_always_meant() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/policies/v1");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let files = ["10-org.toml", "50-local.toml"].map(|name| PolicyFile::new(name, read(name)));
    let rules = Rules::parse(&files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let expected = read("decisions.txt");
    let decided: String = expected.lines().map(|line| decided(&rules, line.split_once('\t').unwrap().1)).collect();
    assert_eq!(decided, expected, "{decided}");
}

/// `DECISION<TAB>CALL`, as the file has it.
fn decided(rules: &Rules, call: &str) -> String {
    let mut at: Option<Timestamp> = None;
    let mut words = vec![];
    for word in call.split(' ') {
        let (key, value) = word.split_once('=').unwrap();
        if key == "at" {
            at = Some(value.parse().unwrap());
        } else {
            words.push((key.to_owned(), value.to_owned()));
        }
    }
    let (asker, ask) = call_of(&words).unwrap_or_else(|why| panic!("{call}: {why}"));
    let verdict = rules.for_run(&asker, &rules.usual_circumstances(&asker)).decide_at(&ask, at);
    format!("{verdict}\t{call}\n")
}
