//! Members of a job, as servers write them: numbers as texts, yes and no as numbers.

use super::Refusal;
use serde_json::{Map, Value};

pub(super) fn object<'a>(value: &'a Value, what: &'static str) -> Result<&'a Map<String, Value>, Refusal> {
    value.as_object().ok_or(Refusal::NotAnObject(what))
}

/// A member that is there and says something.
pub(crate) fn member<'a>(holder: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    holder.get(key).filter(|value| !value.is_null())
}

/// A member as text; numbers are written out. None for what is neither, and for an empty text.
pub(crate) fn text(holder: &Map<String, Value>, key: &str) -> Option<String> {
    plain(member(holder, key)?).filter(|text| !text.is_empty())
}

pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(crate) fn number(holder: &Map<String, Value>, key: &str) -> Option<i64> {
    text(holder, key)?.trim().parse().ok()
}

/// What Perl and PHP take for yes.
pub(crate) fn yes(holder: &Map<String, Value>, key: &str) -> bool {
    match member(holder, key) {
        Some(Value::Bool(yes)) => *yes,
        Some(value) => plain(value).is_some_and(|text| !text.is_empty() && text != "0"),
        None => false,
    }
}

/// A list; absent and null are an empty one, anything else is none.
pub(crate) fn list<'a>(holder: &'a Map<String, Value>, key: &str) -> Option<&'a [Value]> {
    match member(holder, key) {
        None => Some(&[]),
        Some(Value::Array(list)) => Some(list),
        Some(_) => None,
    }
}
