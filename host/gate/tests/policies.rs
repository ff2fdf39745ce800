//! The example policies of tests/policies: they load, and the tests that stand in them pass.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that goes wrong ends, and reads the examples where they stand"
)]

use airlock_gate::policy::{PolicyFile, Rules, Severity};
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
        for outcome in rules.test() {
            assert!(outcome.passed, "{}: {outcome:#?}", example.name);
        }
    }
}
