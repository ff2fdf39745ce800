//! What a command returned, judged by the job's return checks: the first of a known type decides.
//!
//! Patterns are the server's: they are matched in time that grows with the output, no faster, and no larger ones are taken
//! than a bound.

use crate::job::{Returned, ReturnedKind};
use crate::place::shown;
use regex_lite::RegexBuilder;

/// Characters of a pattern, and bytes that one takes once it is read.
const LONGEST_PATTERN: usize = 1000;
const LARGEST_PATTERN: usize = 16 << 10;
/// Patterns of one check.
const MOST_PATTERNS: usize = 10;
/// Bytes of output that patterns are looked for in: the last ones.
const MOST_OUTPUT: usize = 64 << 10;

/// Whether the command succeeded, and what there is to say of it.
pub(super) fn verdict(checks: &[Returned], code: i32, output: &str) -> (bool, Vec<String>) {
    let first = checks.iter().find_map(|check| Some((check.kind?, &check.values)));
    let Some((kind, values)) = first else { return (true, vec!["nothing to check".to_owned()]) };
    match kind {
        ReturnedKind::OkCode if is_in(values, code) => (true, vec![format!("ok, got expected exit status: {code}")]),
        ReturnedKind::OkCode => (false, vec![format!("not expected exit status: {code}")]),
        ReturnedKind::ErrorCode if is_in(values, code) => (false, vec![format!("exit status of a failure: {code}")]),
        ReturnedKind::ErrorCode => (true, vec![format!("ok, no exit status of a failure: {code}")]),
        ReturnedKind::OkPattern => match found(values, output) {
            (Some(pattern), _) => (true, vec![format!("ok, the output has the expected {}", shown(pattern))]),
            (None, mut unusable) => {
                unusable.push("the output has nothing that is expected".to_owned());
                (false, unusable)
            }
        },
        ReturnedKind::ErrorPattern => match found(values, output) {
            (Some(pattern), _) => (false, vec![format!("the output has what tells of a failure: {}", shown(pattern))]),
            (None, unusable) if unusable.is_empty() => {
                (true, vec!["ok, the output has nothing that tells of a failure".to_owned()])
            }
            // Whether it failed cannot be told.
            (None, unusable) => (false, unusable),
        },
    }
}

fn is_in(values: &[String], code: i32) -> bool {
    values.iter().any(|value| value.trim().parse() == Ok(code))
}

/// The first pattern that is in the output, and what is to be said of those that cannot be used.
fn found<'a>(patterns: &'a [String], output: &str) -> (Option<&'a str>, Vec<String>) {
    // An end of line at the very end is not part of the last line.
    let output = output.strip_suffix('\n').unwrap_or(output);
    let start = output.ceil_char_boundary(output.len().saturating_sub(MOST_OUTPUT));
    let output = output.get(start..).unwrap_or_default();
    let mut unusable = Vec::new();
    if patterns.len() > MOST_PATTERNS {
        unusable.push(format!("only the first {MOST_PATTERNS} patterns are looked for"));
    }
    for pattern in patterns.iter().take(MOST_PATTERNS) {
        let why = if pattern.chars().count() > LONGEST_PATTERN {
            format!("longer than {LONGEST_PATTERN} characters")
        } else {
            match RegexBuilder::new(pattern).size_limit(LARGEST_PATTERN).nest_limit(50).build() {
                Ok(regex) if regex.is_match(output) => return (Some(pattern), unusable),
                Ok(_) => continue,
                Err(error) => error.to_string(),
            }
        };
        unusable.push(format!("the pattern {:?} cannot be used: {}", shown(pattern), shown(&why)));
    }
    (None, unusable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Option<ReturnedKind>, values: &[&str]) -> Returned {
        Returned { kind, values: values.iter().map(|&value| value.to_owned()).collect() }
    }

    #[test]
    fn the_first_of_a_known_type_decides() {
        use ReturnedKind::{ErrorCode, ErrorPattern, OkCode, OkPattern};
        for (checks, ok, words) in [
            (vec![], true, "nothing to check"),
            (vec![check(None, &["0"])], true, "nothing to check"),
            (vec![check(Some(OkCode), &["0", " 3010 "])], true, "ok, got expected exit status: 3010"),
            (
                vec![check(Some(OkCode), &["0"]), check(Some(OkCode), &["3010"])],
                false,
                "not expected exit status: 3010",
            ),
            (vec![check(None, &[]), check(Some(ErrorCode), &["3010"])], false, "exit status of a failure: 3010"),
            (vec![check(Some(ErrorCode), &["1"])], true, "ok, no exit status of a failure: 3010"),
            (vec![check(Some(OkPattern), &["nope", "^one"])], true, "ok, the output has the expected ^one"),
            (vec![check(Some(OkPattern), &["two$"])], true, "ok, the output has the expected two$"),
            (vec![check(Some(OkPattern), &["three"])], false, "the output has nothing that is expected"),
            (vec![check(Some(ErrorPattern), &["one"])], false, "the output has what tells of a failure: one"),
            (vec![check(Some(ErrorPattern), &["x"])], true, "ok, the output has nothing that tells of a failure"),
        ] {
            assert_eq!(verdict(&checks, 3010, "one\ntwo\n"), (ok, vec![words.to_owned()]), "{checks:?}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_used_is_no_success() {
        for pattern in ["(", "(?=x)", "a{1000}{1000}", &"x".repeat(2000)] {
            for kind in [ReturnedKind::OkPattern, ReturnedKind::ErrorPattern] {
                let (ok, words) = verdict(&[check(Some(kind), &[pattern])], 0, "x");
                assert!(!ok && words[0].contains("cannot be used"), "{pattern}: {words:?}");
            }
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let output = "a".repeat(1 << 20) + "!";
        for pattern in ["(a+)+$", "(a|a)*x", "(a?){90}a{90}x", "(a?){500}a{500}x"] {
            let start = std::time::Instant::now();
            let (ok, words) = verdict(&[check(Some(ReturnedKind::OkPattern), &[pattern])], 0, &output);
            assert!(!ok && start.elapsed().as_secs() < 10, "{pattern}: {:?} {words:?}", start.elapsed());
        }
    }
}
