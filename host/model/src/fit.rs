//! Making a row fit its section. What cannot be made to fit is left out, with a note.

use crate::dates::{is_date, is_datetime};
use crate::notes::{Notes, shown};
use crate::schema::{Field, Kind, Section};
use crate::{Finder, Row, Value};

pub(crate) fn fit_row(section: &'static Section, finder: &mut Finder, row: Row, notes: &mut Notes) -> Row {
    let mut fitted = Row::with_capacity(row.len().min(section.fields.len()));
    let mut seen = 0_u128;
    for (position, (name, value)) in row.into_iter().enumerate() {
        let Some((place, field)) = finder.find(position, &name) else {
            notes.add(format!("{}.{}: no such field, left out", section.name, shown(&name)));
            continue;
        };
        // Empty is the same as none, of whatever kind.
        if value.is_empty() {
            continue;
        }
        match fit(field, value) {
            Ok(value) if value.is_empty() => {
                notes.add(format!("{}.{}: nothing but control characters, left out", section.name, field.name));
            }
            // A row names a field once; one that does so twice is looked through, and its last word counts.
            Ok(value) if seen & (1 << (place % 128)) == 0 => {
                seen |= 1 << (place % 128);
                fitted.push(field.name, value);
            }
            Ok(value) => {
                fitted.set(field.name, value);
            }
            Err(value) => notes.add(format!(
                "{}.{}: {} is not {}, left out",
                section.name,
                field.name,
                shown(&value.to_text()),
                expected(field)
            )),
        }
    }
    fitted
}

/// The value as its field wants it: control characters out, digits as a number where one is due.
fn fit(field: &Field, value: Value) -> Result<Value, Value> {
    let fits = match (field.kind, value) {
        (Kind::Text, Value::Text(text)) => Value::Text(clean(text)),
        (Kind::Text, Value::Integer(number)) => Value::Text(number.to_string()),
        (Kind::Texts, Value::Texts(texts)) => {
            Value::Texts(texts.into_iter().map(clean).filter(|text| !text.is_empty()).collect())
        }
        (Kind::Texts, Value::Text(text)) => {
            Value::Texts(Some(clean(text)).filter(|text| !text.is_empty()).into_iter().collect())
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
fn clean(text: String) -> String {
    let plain = text.bytes().fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte));
    if plain || !text.chars().any(char::is_control) { text } else { text.chars().filter(|c| !c.is_control()).collect() }
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
