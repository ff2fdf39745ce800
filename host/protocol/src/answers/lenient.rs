//! Values as servers write them: a number as a text, one thing instead of a list of one, nothing as an empty list.

use airlock_model::Notes;
use serde_json::{Map, Value};

/// The longest text that is taken from an answer for itself: a version, a name, a message.
const LONGEST: usize = 4096;

/// A scalar as text, without blanks around it; none for null, for nothing, and for what is no scalar.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => u8::from(*yes).to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let most = text.floor_char_boundary(LONGEST);
    Some(text).filter(|text| !text.is_empty()).map(|mut text| {
        text.truncate(most);
        text
    })
}

/// The text of a member.
pub(crate) fn member(object: &Map<String, Value>, name: &str) -> Option<String> {
    object.get(name).and_then(text)
}

/// Texts: a list of scalars, or one scalar with commas between its parts.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    let parts = |text: String| -> Vec<String> {
        text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    match value {
        Value::Array(list) => list.iter().filter_map(text).flat_map(parts).collect(),
        other => text(other).map(parts).unwrap_or_default(),
    }
}

/// The values of a list, or the one value that stands for a list of one.
pub(crate) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// True for what PHP and people write for yes.
pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        other => {
            text(other).is_some_and(|text| !matches!(text.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off"))
        }
    }
}

/// The name of a task as servers and agents agree on it: lower case, letters, digits, `-` and `_`, at most 40.
pub(crate) fn task(name: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name = name.trim();
    ((1..=40).contains(&name.len()) && name.chars().all(fits)).then(|| name.to_ascii_lowercase())
}

/// Notes the first few of many.
pub(crate) fn no_name_of_a_task(notes: &mut Notes, name: &str) {
    notes.add(format!("{}: no name of a task, left out", airlock_model::shown(name)));
}

/// Notes the members of an object that nothing here reads.
pub(crate) fn unknown(object: &Map<String, Value>, known: &[&str], of: &str, notes: &mut Notes) {
    for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
        notes.add(format!("{of}{}: not known, left out", airlock_model::shown(name)));
    }
}
