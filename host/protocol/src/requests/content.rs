//! A value as XML elements: an object's members are elements in the order of their names, a list repeats its element.

use crate::elements::{Out, element, end, start};
use airlock_model::shown;
use serde_json::{Map, Value};
use std::io;

/// Why a value is no content.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentError {
    #[error("{name} is no name of an element: expected letters, digits and _ . - after a letter or _")]
    Name { name: String },
    #[error("deeper than {most} levels, expected fewer")]
    Deep { most: usize },
    #[error("{name}: a list in a list, which XML cannot say")]
    List { name: String },
}

const LEVELS: usize = 16;

/// Checks that a value can be written, so that writing it does not fail half-way.
pub(super) fn check(content: &Map<String, Value>) -> Result<(), ContentError> {
    object(content, 0)
}

fn object(members: &Map<String, Value>, depth: usize) -> Result<(), ContentError> {
    if depth > LEVELS {
        return Err(ContentError::Deep { most: LEVELS });
    }
    members.iter().try_for_each(|(name, value)| {
        let first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        let fits = name.bytes().next().is_some_and(first)
            && name.bytes().all(|byte| first(byte) || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        if !fits {
            return Err(ContentError::Name { name: shown(name) });
        }
        match value {
            Value::Object(members) => object(members, depth + 1),
            Value::Array(list) => list.iter().try_for_each(|item| match item {
                Value::Object(members) => object(members, depth + 1),
                Value::Array(_) => Err(ContentError::List { name: shown(name) }),
                _ => Ok(()),
            }),
            _ => Ok(()),
        }
    })
}

/// Writes an object's members. Null and empty lists are nothing; an empty text is an empty element.
pub(super) fn write(out: &mut Out, members: &Map<String, Value>) -> io::Result<()> {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    sorted.into_iter().try_for_each(|(name, value)| match value {
        Value::Array(list) => list.iter().try_for_each(|item| one(out, name, item)),
        value => one(out, name, value),
    })
}

fn one(out: &mut Out, name: &str, value: &Value) -> io::Result<()> {
    match value {
        Value::Null | Value::Array(_) => Ok(()),
        Value::Bool(yes) => element(out, name, if *yes { "1" } else { "0" }),
        Value::Number(number) => element(out, name, &number.to_string()),
        Value::String(text) => element(out, name, text),
        Value::Object(members) => {
            start(out, name)?;
            write(out, members)?;
            end(out, name)
        }
    }
}
