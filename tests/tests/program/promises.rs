//! PROMISES.md: no promise without a test. Each test that it names is there, under that name.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_promise_names_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(root.join("PROMISES.md")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ") && !line.contains("kept by")).collect();
    assert!(rows.len() > 10, "the promises are lines of tables");
    for row in rows {
        let tests: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "a promise without a test: {row}");
        for test in tests {
            assert!(is_there(&root, test), "{test} is not there, and keeps: {row}");
        }
    }
}

/// `sandbox::time::name` is a function of a system test; `airlock-gate policy::tests::name` one beside the code;
/// `airlock-native code_folder` and `sandbox` are whole modules of tests.
fn is_there(root: &Path, test: &str) -> bool {
    let (folders, path) = match test.split_once(' ') {
        Some((package, path)) => {
            let name = package.trim_start_matches("airlock-");
            let packages = ["host", "guest-tasks"].map(|folder| root.join(folder).join(name));
            (packages.iter().flat_map(|package| [package.join("src"), package.join("tests")]).collect(), path)
        }
        None => (vec![root.join("tests/tests")], test),
    };
    // `policy::tests::name` is in `policy.rs`, or in `policy/tests.rs`.
    let all: Vec<&str> = path.split("::").collect();
    let without: Vec<&str> = all.iter().copied().filter(|part| *part != "tests").collect();
    folders.iter().any(|folder| is_in(folder, &without) || is_in(folder, &all))
}

/// The last part is a function, or the whole is a module.
fn is_in(folder: &Path, parts: &[&str]) -> bool {
    let module = |parts: &[&str]| parts.iter().fold(folder.to_owned(), |path, part| path.join(part));
    let Some((function, above)) = parts.split_last() else { return false };
    let has = |source: PathBuf| fs::read_to_string(source).is_ok_and(|text| text.contains(&format!("fn {function}(")));
    has(module(above).with_extension("rs"))
        || has(module(above).join("mod.rs"))
        || module(parts).is_dir()
        || module(parts).with_extension("rs").is_file()
}
