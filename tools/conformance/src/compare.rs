//! The corpus' rules of comparison: scalars as text, lists in order, absent equals null, and markers on the expected side.

use crate::case::Answer;
use fancy_regex::Regex;
use serde_json::{Map, Value};

/// Where an answer differs from what was expected; empty when it matches.
pub(crate) fn differences(answer: &Answer, expected: &Value) -> Vec<String> {
    let throws = expected.get("$throws").is_some();
    match answer {
        Err(_) if throws => Vec::new(),
        Err(error) => vec![format!("$: an error, {error:#}")],
        Ok(_) if throws => vec!["$: expected a failure".to_owned()],
        Ok(answer) => {
            let mut found = Vec::new();
            compare(Some(answer), expected, "$", &mut found);
            found
        }
    }
}

const MARKERS: [&str; 8] = ["$re", "$ignore", "$bag", "$set", "$not", "$op", "$lives", "$deep"];

fn marker(expected: &Value) -> Option<(&'static str, &Map<String, Value>)> {
    let object = expected.as_object()?;
    Some((MARKERS.into_iter().find(|name| object.contains_key(*name))?, object))
}

fn matches(got: Option<&Value>, expected: &Value) -> bool {
    let mut found = Vec::new();
    compare(got, expected, "", &mut found);
    found.is_empty()
}

fn compare(got: Option<&Value>, expected: &Value, path: &str, found: &mut Vec<String>) {
    if let Some((name, object)) = marker(expected) {
        let inner = object.get(name).unwrap_or(&Value::Null);
        return marked(name, inner, object, got, expected, path, found);
    }
    let got = got.filter(|value| !value.is_null());
    match expected {
        Value::Object(expected) => objects(got, expected, path, found),
        Value::Array(expected) => lists(got, expected, path, found),
        Value::Null => {
            let empty =
                got.is_none_or(|v| v.as_array().is_some_and(Vec::is_empty) || v.as_object().is_some_and(Map::is_empty));
            if !empty {
                found.push(format!("{path}: expected nothing, got {}", short(got)));
            }
        }
        scalar => {
            if !got.is_some_and(|got| scalar_equal(got, scalar)) {
                found.push(format!("{path}: expected {scalar}, got {}", short(got)));
            }
        }
    }
}

fn objects(got: Option<&Value>, expected: &Map<String, Value>, path: &str, found: &mut Vec<String>) {
    let Some(Value::Object(got)) = got else {
        if got.is_some() || expected.values().any(|value| !value.is_null()) {
            found.push(format!("{path}: expected an object, got {}", short(got)));
        }
        return;
    };
    for (key, value) in expected {
        match got.get(key).filter(|got| !got.is_null()) {
            None if value.is_null() || matches!(marker(value), Some(("$ignore", _))) => {}
            None if !matches(None, value) => {
                found.push(format!("{path}.{key}: missing, expected {}", short(Some(value))))
            }
            None => {}
            got => compare(got, value, &format!("{path}.{key}"), found),
        }
    }
    for (key, value) in got.iter().filter(|(key, value)| !value.is_null() && !expected.contains_key(*key)) {
        found.push(format!("{path}.{key}: extra {}", short(Some(value))));
    }
}

fn lists(got: Option<&Value>, expected: &[Value], path: &str, found: &mut Vec<String>) {
    let got = match got {
        Some(Value::Array(got)) => got.as_slice(),
        None if expected.is_empty() => &[],
        other => {
            found.push(format!("{path}: expected a list, got {}", short(other)));
            return;
        }
    };
    for (at, pair) in got.iter().zip(expected).enumerate() {
        compare(Some(pair.0), pair.1, &format!("{path}[{at}]"), found);
    }
    for (at, value) in expected.iter().enumerate().skip(got.len()) {
        found.push(format!("{path}[{at}]: missing {}", short(Some(value))));
    }
    for (at, value) in got.iter().enumerate().skip(expected.len()) {
        found.push(format!("{path}[{at}]: extra {}", short(Some(value))));
    }
}

fn marked(
    name: &str,
    inner: &Value,
    object: &Map<String, Value>,
    got: Option<&Value>,
    expected: &Value,
    path: &str,
    found: &mut Vec<String>,
) {
    let mut say = |differs: bool| {
        if differs {
            found.push(format!("{path}: {} does not meet {}", short(got), short(Some(expected))));
        }
    };
    match name {
        "$ignore" | "$lives" => {}
        "$deep" => compare(got, inner.get("val").unwrap_or(&Value::Null), path, found),
        "$re" => say(!pattern_matches(inner, object, got)),
        "$not" => say(matches(got, inner)),
        "$op" => say(!operator(got, inner.as_str().unwrap_or_default(), object.get("value").unwrap_or(&Value::Null))),
        _ => bag(name == "$set", inner, got, path, found),
    }
}

fn bag(set: bool, wanted: &Value, got: Option<&Value>, path: &str, found: &mut Vec<String>) {
    let Some(wanted) = wanted.as_array() else { return compare(got, wanted, path, found) };
    let mut left: Vec<&Value> = match got {
        Some(Value::Array(list)) => list.iter().collect(),
        None | Some(Value::Null) if wanted.is_empty() => return,
        other => {
            found.push(format!("{path}: expected a list, got {}", short(other)));
            return;
        }
    };
    if set {
        let mut once: Vec<&Value> = Vec::new();
        for value in left {
            if !once.iter().any(|known| matches(Some(value), known)) {
                once.push(value);
            }
        }
        left = once;
    }
    let mut missing = Vec::new();
    for value in wanted {
        match left.iter().position(|got| matches(Some(got), value)) {
            Some(at) => {
                left.remove(at);
            }
            None => missing.push(value),
        }
    }
    match (missing.as_slice(), left.as_slice()) {
        ([one], [other]) => compare(Some(other), one, &format!("{path}[*]"), found),
        _ => {
            found.extend(missing.iter().map(|value| format!("{path}[*]: missing {}", short(Some(value)))));
            found.extend(left.iter().map(|value| format!("{path}[*]: extra {}", short(Some(value)))));
        }
    }
}

fn pattern_matches(pattern: &Value, object: &Map<String, Value>, got: Option<&Value>) -> bool {
    if let Value::Object(nested) = pattern {
        return pattern_matches(nested.get("$re").unwrap_or(&Value::Null), nested, got);
    }
    let Some(text) = got.and_then(text) else { return false };
    let flags: String =
        object.get("flags").and_then(Value::as_str).unwrap_or_default().matches(['i', 's', 'm', 'x']).collect();
    let pattern = perl(pattern.as_str().unwrap_or_default());
    let pattern = if flags.is_empty() { pattern } else { format!("(?{flags}){pattern}") };
    Regex::new(&pattern).is_ok_and(|regex| regex.is_match(&text).unwrap_or(false))
}

/// Perl writes the flags of an embedded pattern as `(?^i:`.
fn perl(pattern: &str) -> String {
    let mut rest = pattern;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("(?^") {
        let (flags, inner) = after.split_once(':').unwrap_or((after, ""));
        out += before;
        out += "(?";
        out.extend(flags.chars().filter(|flag| !matches!(flag, 'u' | 'l' | 'a')));
        out.push(':');
        rest = inner;
    }
    out + rest
}

fn operator(got: Option<&Value>, operator: &str, value: &Value) -> bool {
    let (Some(left), Some(right)) = (got.and_then(text), text(value)) else { return operator == "ne" };
    match operator {
        "eq" => return left == right,
        "ne" => return left != right,
        _ => {}
    }
    let (Ok(left), Ok(right)) = (left.parse::<f64>(), right.parse::<f64>()) else { return false };
    match operator {
        "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        _ => false,
    }
}

fn scalar_equal(got: &Value, expected: &Value) -> bool {
    if got.is_boolean() || expected.is_boolean() {
        return truth(got).is_some_and(|got| truth(expected) == Some(got));
    }
    let (Some(left), Some(right)) = (text(got), text(expected)) else { return false };
    if left == right {
        return true;
    }
    // Numbers written in two ways; never texts with leading zeros, which are serial numbers and codes.
    let numbers = got.is_number() || expected.is_number();
    match (numbers, number(&left), number(&right)) {
        (true, Some(a), Some(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        _ => false,
    }
}

fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit());
    let leading = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    (plain && !leading).then(|| text.parse().ok())?
}

/// A scalar as Perl would write it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(if *yes { "1" } else { "" }.to_owned()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (None, Some(float)) if float.fract() == 0.0 && float.abs() < 1e15 => Some(format!("{float:.0}")),
            _ => Some(number.to_string()),
        },
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match text(value).as_deref() {
        None | Some("" | "0") => Some(false),
        Some("1") => Some(true),
        Some(_) => None,
    }
}

fn short(value: Option<&Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    if text.chars().count() <= 120 { text } else { text.chars().take(117).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn same(got: Value, expected: Value) -> bool {
        differences(&Ok(got), &expected).is_empty()
    }

    #[test]
    fn scalars_compare_as_text() {
        assert!(same(json!(8176), json!("8176")) && same(json!(2.0), json!("2")) && same(json!(true), json!("1")));
        assert!(!same(json!("0012"), json!("12")) && !same(json!("0012"), json!(12)));
        assert!(same(json!(false), json!("")) && !same(json!("x"), json!("y")));
    }

    #[test]
    fn what_is_absent_is_null() {
        assert!(same(json!({"a": 1}), json!({"a": "1", "b": null})));
        assert!(same(json!({"a": 1, "b": null}), json!({"a": "1"})));
        assert!(!same(json!({"a": 1, "b": 2}), json!({"a": "1"})));
        assert!(!same(json!({}), json!({"a": "1"})));
        assert!(same(json!([]), json!(null)) && same(json!(null), json!([])));
    }

    #[test]
    fn markers() {
        assert!(same(json!([2, 1]), json!({"$bag": [1, 2]})) && !same(json!([2, 2]), json!({"$bag": [1, 2]})));
        assert!(same(json!([2, 2, 1]), json!({"$set": [1, 2]})));
        assert!(same(json!("Abc"), json!({"$re": "(?^i:^a)"})) && !same(json!("Abc"), json!({"$re": "^b"})));
        assert!(same(json!(3), json!({"$op": ">", "value": 2})) && !same(json!("a"), json!({"$not": "a"})));
        assert!(differences(&Err(anyhow::anyhow!("no")), &json!({"$throws": {"$re": "other"}})).is_empty());
        assert!(!differences(&Err(anyhow::anyhow!("no")), &json!(null)).is_empty());
    }
}
