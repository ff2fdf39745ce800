//! A scalar of a row, or a list of texts.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The value of a field. An absent value is an absent field: there is no null.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Bytes(Vec<u8>),
    Texts(Vec<String>),
}

impl Value {
    /// True for what is never sent: an empty text or list.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Text(t) => t.is_empty(),
            Value::Texts(t) => t.is_empty(),
            Value::Bytes(b) => b.is_empty(),
            Value::Integer(_) | Value::Boolean(_) => false,
        }
    }

    /// The value as people read it; bytes as hexadecimal digits, a list joined by commas.
    pub fn to_text(&self) -> String {
        match self {
            Value::Text(t) => t.clone(),
            Value::Integer(i) => i.to_string(),
            Value::Boolean(b) => if *b { "yes" } else { "no" }.to_owned(),
            Value::Bytes(b) => b.iter().map(|b| format!("{b:02x}")).collect(),
            Value::Texts(t) => t.join(","),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<Cow<'_, str>> for Value {
    fn from(text: Cow<'_, str>) -> Self {
        Value::Text(text.into_owned())
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Value::Boolean(yes)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Integer(i64::from(number))
    }
}

/// A number beyond 2^63 says nothing about a machine: it is held at the largest integer.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Vec<String>> for Value {
    fn from(texts: Vec<String>) -> Self {
        Value::Texts(texts)
    }
}
