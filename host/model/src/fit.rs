//! Making a row fit its section. What cannot be made to fit is left out, with a note.

use crate::dates::{is_date, is_datetime};
use crate::notes::{Notes, shown};
use crate::schema::{Field, Kind, Section};
use crate::{Finder, Row, Value};
use std::borrow::Cow;

/// Fits a row in place. A row names a field once; of one that does so twice, the first word counts.
pub(crate) fn fit_row(section: &'static Section, finder: &mut Finder, row: &mut Row, notes: &mut Notes) {
    let mut seen = 0_u128;
    let mut position = 0;
    row.retain(|name, value| {
        let found = finder.find(position, name);
        position += 1;
        let Some((place, field)) = found else {
            notes.add(format!("{}.{}: no such field, left out", section.name, shown(name)));
            return false;
        };
        if seen & (1 << (place % 128)) != 0 {
            notes.add(format!("{}.{}: said twice, the second time left out", section.name, field.name));
            return false;
        }
        seen |= 1 << (place % 128);
        *name = Cow::Borrowed(field.name);
        // Empty is the same as none, of whatever kind.
        !value.is_empty() && keep(section, field, value, notes)
    });
}

/// Makes a value fit its field; false when it cannot be made to.
fn keep(section: &Section, field: &Field, value: &mut Value, notes: &mut Notes) -> bool {
    match fit(field, std::mem::replace(value, Value::Boolean(false))) {
        Ok(fitted) if fitted.is_empty() => {
            notes.add(format!("{}.{}: nothing but control characters, left out", section.name, field.name));
            false
        }
        Ok(fitted) => {
            *value = fitted;
            true
        }
        Err(value) => {
            let (value, expected) = (shown(&value.to_text()), expected(field));
            notes.add(format!("{}.{}: {value} is not {expected}, left out", section.name, field.name));
            false
        }
    }
}

/// The value as its field wants it: control characters out, digits as a number where one is due.
fn fit(field: &Field, value: Value) -> Result<Value, Value> {
    let fits = match (field.kind, value) {
        (Kind::Text, Value::Text(text)) if field.lines => Value::Text(lines(text)),
        (Kind::Text, Value::Text(text)) => Value::Text(without_controls(text)),
        (Kind::Text, Value::Integer(number)) => Value::Text(number.to_string()),
        (Kind::Texts, Value::Texts(texts)) => {
            Value::Texts(texts.into_iter().map(without_controls).filter(|text| !text.is_empty()).collect())
        }
        (Kind::Texts, Value::Text(text)) => {
            Value::Texts(Some(without_controls(text)).filter(|text| !text.is_empty()).into_iter().collect())
        }
        (Kind::Integer, Value::Integer(number)) if number >= 0 => Value::Integer(number),
        (Kind::Integer, Value::Text(text)) => match text.trim().parse::<i64>() {
            Ok(number) if number >= 0 => Value::Integer(number),
            _ => return Err(Value::Text(text)),
        },
        (Kind::Boolean, Value::Boolean(yes)) => Value::Boolean(yes),
        (Kind::Date, Value::Text(text)) if is_date(&text) => Value::Text(text),
        (Kind::Datetime, Value::Text(text)) if is_datetime(&text) => Value::Text(text),
        (Kind::DateOrDatetime, Value::Text(text)) if is_date(&text) || is_datetime(&text) => Value::Text(text),
        (_, value) => return Err(value),
    };
    match &fits {
        Value::Text(text) if !field.values.is_empty() && !field.values.contains(&text.as_str()) => Err(fits),
        _ => Ok(fits),
    }
}

/// Without control characters: neither document has a place for them, and terminals obey them.
pub fn without_controls(text: String) -> String {
    let plain = text.bytes().fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte));
    if plain || !text.chars().any(char::is_control) { text } else { text.chars().filter(|c| !c.is_control()).collect() }
}

/// Without control characters but the ends of lines between others.
fn lines(text: String) -> String {
    if text.contains('\n') {
        let lines: Vec<String> = text.split('\n').map(|line| without_controls(line.to_owned())).collect();
        lines.join("\n").trim_matches('\n').to_owned()
    } else {
        without_controls(text)
    }
}

fn expected(field: &Field) -> String {
    match field.kind {
        Kind::Text if !field.values.is_empty() => format!("one of {}", field.values.join(", ")),
        Kind::Text => "a text".to_owned(),
        Kind::Integer => "a whole number, zero or more".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Date => "a date (YYYY-MM-DD)".to_owned(),
        Kind::Datetime => "a time (YYYY-MM-DD hh:mm:ss)".to_owned(),
        Kind::DateOrDatetime => "a date (YYYY-MM-DD) or a time (YYYY-MM-DD hh:mm:ss)".to_owned(),
        Kind::Texts => "a list of texts".to_owned(),
    }
}
