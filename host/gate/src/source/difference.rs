//! The recorded call that is nearest to one that was not recorded, and where the two differ.

use crate::cassette::Exchange;
use serde_json::Value;
use std::collections::BTreeSet;

/// Differences that are named; a person looks at a few.
const NAMED: usize = 4;
/// Exchanges that are compared: whoever asks a great deal that was not recorded gets an answer soon, if not the best.
const COMPARED: usize = 2_000;

pub(super) fn nearest(exchanges: &[Exchange], name: &str, call: &Value) -> String {
    let alike = exchanges.iter().filter(|exchange| exchange.name == name).take(COMPARED);
    let best = alike.map(|exchange| (differences(&exchange.call, call), exchange)).min_by_key(|(found, _)| found.len());
    match best {
        Some((found, _)) if found.is_empty() => {
            let times = exchanges.iter().filter(|e| e.name == name && e.call == *call).count();
            format!("its answer was recorded {times} times and asked for once more")
        }
        Some((found, exchange)) => {
            let more = found.len().saturating_sub(NAMED);
            let mut words: Vec<String> = found.into_iter().take(NAMED).collect();
            if more > 0 {
                words.push(format!("{more} more differences"));
            }
            format!("the nearest call that is there, {}, has {}", exchange.call, words.join(", "))
        }
        None => {
            let names: BTreeSet<&str> = exchanges.iter().map(|e| e.name.as_str()).collect();
            let names: Vec<&str> = names.into_iter().collect();
            let there =
                if names.is_empty() { "nothing is".to_owned() } else { format!("there are {}", names.join(", ")) };
            format!("no call of that name is there ({there})")
        }
    }
}

/// Where two values differ: `path "/a" in place of "/b"`.
fn differences(recorded: &Value, asked: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", Some(recorded), Some(asked), &mut found);
    found
}

fn compare(at: &str, recorded: Option<&Value>, asked: Option<&Value>, found: &mut Vec<String>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match (recorded, asked) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                compare(&below(name), a.get(name), b.get(name), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for index in 0..a.len().max(b.len()) {
                compare(&below(&index.to_string()), a.get(index), b.get(index), found);
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{at} {} in place of {}", shown(a), shown(b))),
    }
}

/// A value as one sees it in a sentence: short.
fn shown(value: Option<&Value>) -> String {
    const LONGEST: usize = 80;
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cassette::Answer;
    use serde_json::json;

    fn recorded(calls: &[Value]) -> Vec<Exchange> {
        let exchange = |call: &Value| Exchange {
            name: "files.read".to_owned(),
            call: call.clone(),
            answer: Answer::Reply(Value::Null),
        };
        calls.iter().map(exchange).collect()
    }

    #[test]
    fn the_nearest_call_is_the_one_with_the_fewest_differences() {
        let there = recorded(&[
            json!({"path": "/a", "offset": 5, "length": 9}),
            json!({"path": "/b", "offset": 0, "length": 9}),
        ]);
        let why = nearest(&there, "files.read", &json!({"path": "/c", "offset": 0, "length": 9}));
        assert!(why.ends_with(r#"has path "/b" in place of "/c""#), "{why}");
        let why = nearest(&there, "files.read", &json!({"path": "/b", "offset": 0, "length": 9}));
        assert_eq!(why, "its answer was recorded 1 times and asked for once more");
        assert_eq!(nearest(&there, "run.now", &json!({})), "no call of that name is there (there are files.read)");
        assert_eq!(nearest(&[], "run.now", &json!({})), "no call of that name is there (nothing is)");
    }

    #[test]
    fn what_only_one_of_them_has_is_a_difference() {
        let found = differences(&json!({"a": [1, 2], "b": {"c": 1}}), &json!({"a": [1], "b": {"d": 1}}));
        assert_eq!(found, ["a.1 2 in place of nothing", "b.c 1 in place of nothing", "b.d nothing in place of 1"]);
    }
}
