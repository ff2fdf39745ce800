//! From our rows to the corpus' names: upper case, and dates in the order that a module uses.

use airlock_model::{Row, Value as Fact};
use serde_json::{Map, Value};

/// One row: its fields in upper case.
pub(crate) fn row(row: Row) -> Value {
    Value::Object(row.into_iter().map(|(name, value)| (name.to_ascii_uppercase(), scalar(value))).collect())
}

pub(crate) fn rows(list: impl IntoIterator<Item = Row>) -> Value {
    Value::Array(list.into_iter().map(row).collect())
}

/// Gives a field of an object another name.
pub(crate) fn rename(object: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = object.remove(from) {
        object.insert(to.to_owned(), value);
    }
}

/// Sets a field of an object.
pub(crate) fn put(object: &mut Value, field: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(field.to_owned(), value.into());
    }
}

pub(crate) fn scalar(value: Fact) -> Value {
    match value {
        Fact::Text(text) => Value::String(text),
        Fact::Integer(number) => Value::from(number),
        Fact::Boolean(yes) => Value::Bool(yes),
        Fact::Bytes(bytes) => Value::String(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Fact::Texts(texts) => Value::from(texts),
    }
}

/// `2019-02-28` as `28/02/2019`; another text unchanged.
pub(crate) fn day_first(date: &str) -> String {
    let mut parts = date.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) if year.len() == 4 && day.len() == 2 => format!("{day}/{month}/{year}"),
        _ => date.to_owned(),
    }
}

/// `2019-02-28` as `02/28/2019`; another text unchanged.
pub(crate) fn month_first(date: &str) -> String {
    let mut parts = date.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) if year.len() == 4 && day.len() == 2 => format!("{month}/{day}/{year}"),
        _ => date.to_owned(),
    }
}

/// Applies a change to a text field of an object, or of every object of a list.
pub(crate) fn change(value: &mut Value, field: &str, change: impl Fn(&str) -> String + Copy) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|item| self::change(item, field, change)),
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get_mut(field) {
                *text = change(text);
            }
        }
        _ => {}
    }
}
