//! Between the boundary's rows and ours. Nothing is copied but names that the task itself wrote.

use crate::bindings::airlock::types::types as wit;
use airlock_model::{Row, Value};
use std::borrow::Cow;

pub(crate) fn row_to_wit(row: Row) -> wit::Row {
    row.into_iter().map(|(name, value)| wit::Field { name: name.into_owned(), value: value_to_wit(value) }).collect()
}

pub(crate) fn row_from_wit(row: wit::Row) -> Row {
    row.into_iter().map(|field| (Cow::Owned(field.name), value_from_wit(field.value))).collect()
}

fn value_to_wit(value: Value) -> wit::Value {
    match value {
        Value::Text(text) => wit::Value::Text(text),
        Value::Integer(number) => wit::Value::Integer(number),
        Value::Boolean(yes) => wit::Value::Boolean(yes),
        Value::Bytes(bytes) => wit::Value::Bytes(bytes),
        Value::Texts(texts) => wit::Value::Texts(texts),
    }
}

fn value_from_wit(value: wit::Value) -> Value {
    match value {
        wit::Value::Text(text) => Value::Text(text),
        wit::Value::Integer(number) => Value::Integer(number),
        wit::Value::Boolean(yes) => Value::Boolean(yes),
        wit::Value::Bytes(bytes) => Value::Bytes(bytes),
        wit::Value::Texts(texts) => Value::Texts(texts),
    }
}
