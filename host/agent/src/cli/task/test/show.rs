//! The results of tests, for people and for programs.

use super::compare::Tested;
use crate::table::table;
use crate::terminal::visible;
use serde_json::json;
use std::fmt::Write;

pub(super) fn words(results: &[Tested]) -> String {
    let mut text = String::new();
    for tested in results.iter().filter(|tested| !tested.passed()) {
        let _ = writeln!(text, "--- {}", visible(&tested.name));
        for trouble in &tested.troubles {
            let _ = writeln!(text, "{}", visible(trouble.trim_end()));
        }
        for line in &tested.log {
            let _ = writeln!(text, "log: {}", visible(&line.replace('\n', " ")));
        }
        text.push('\n');
    }
    let result = |tested: &Tested| match (tested.passed(), tested.written) {
        (false, _) => "FAILED",
        (true, true) => "written",
        (true, false) => "passed",
    };
    let rows: Vec<Vec<String>> = results
        .iter()
        .map(|tested| vec![tested.name.clone(), result(tested).to_owned(), tested.took.as_millis().to_string()])
        .collect();
    let passed = results.iter().filter(|tested| tested.passed()).count();
    let _ = writeln!(text, "{}{passed} of {} cases passed", table(&["case", "result", ">ms"], &rows), results.len());
    text
}

pub(super) fn json(results: &[Tested]) -> anyhow::Result<String> {
    let case = |tested: &Tested| {
        json!({
            "case": tested.name,
            "passed": tested.passed(),
            "written": tested.written,
            "troubles": tested.troubles,
            "log": tested.log,
            "ms": tested.took.as_secs_f64() * 1000.0,
        })
    };
    let passed = results.iter().filter(|tested| tested.passed()).count();
    let document = json!({
        "passed": passed,
        "failed": results.len() - passed,
        "cases": results.iter().map(case).collect::<Vec<_>>(),
    });
    Ok(format!("{document:#}\n"))
}
