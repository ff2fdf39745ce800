//! Where two documents differ, in lines that a person can read.

use serde_json::Value;

/// One line for each member that is missing, unexpected or different, by its path.
pub fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    compare("", Some(expected), Some(found), &mut lines);
    lines
}

/// Ends the test if the documents differ.
pub fn assert_same(expected: &Value, found: &Value) {
    let lines = differences(expected, found);
    assert!(lines.is_empty(), "{} differences:\n  {}\nwhat was found:\n{found:#}", lines.len(), lines.join("\n  "));
}

fn compare(path: &str, expected: Option<&Value>, found: Option<&Value>, lines: &mut Vec<String>) {
    match (expected, found) {
        (Some(Value::Object(expected)), Some(Value::Object(found))) => {
            let mut names: Vec<&String> = expected.keys().chain(found.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                compare(&format!("{path}/{name}"), expected.get(name), found.get(name), lines);
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(found))) => {
            for at in 0..expected.len().max(found.len()) {
                compare(&format!("{path}/{at}"), expected.get(at), found.get(at), lines);
            }
        }
        (Some(expected), Some(found)) if expected != found => {
            lines.push(format!("{path}: expected {expected}, found {found}"));
        }
        (Some(expected), None) => lines.push(format!("{path}: missing, expected {expected}")),
        (None, Some(found)) => lines.push(format!("{path}: not expected, found {found}")),
        _ => {}
    }
}
