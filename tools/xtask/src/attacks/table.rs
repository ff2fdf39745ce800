//! The results of the attacks, for people and for programs.

use super::{Attack, Tests};
use serde_json::json;
use std::fmt::Write;

pub(super) fn text(rows: &[(Attack, Tests)]) -> String {
    let width = rows.iter().map(|(attack, _)| attack.title.chars().count()).max().unwrap_or(0);
    let mut text = format!(
        "{:<6} {:<3} {:<width$}  {:<12} {:>5} {:>5}  result\n",
        "id", "sev", "attack", "oracles", "tests", "twins"
    );
    for (attack, tests) in rows {
        let oracles = attack.oracles.join(" ");
        let _ = writeln!(
            text,
            "{:<6} {:<3} {:<width$}  {oracles:<12} {:>5} {:>5}  {}",
            attack.id,
            attack.severity,
            attack.title,
            tests.attacks,
            tests.twins,
            tests.verdict()
        );
        for name in &tests.failed {
            let _ = writeln!(text, "       {name}");
        }
    }
    let survived = |severity: &str| {
        let of: Vec<&Tests> = rows.iter().filter(|(a, _)| a.severity == severity).map(|(_, tests)| tests).collect();
        format!("{severity}: {} of {}", of.iter().filter(|tests| tests.passed()).count(), of.len())
    };
    let _ = writeln!(text, "survived: {}", ["S1", "S2", "S3"].map(survived).join(", "));
    text
}

pub(super) fn json(rows: &[(Attack, Tests)]) -> serde_json::Value {
    rows.iter()
        .map(|(attack, tests)| {
            json!({
                "id": attack.id,
                "title": attack.title,
                "severity": attack.severity,
                "oracles": attack.oracles,
                "tests": tests.attacks,
                "twins": tests.twins,
                "failed": tests.failed,
                "result": tests.verdict(),
            })
        })
        .collect()
}
