//! What a task has emitted so far: rows that fit the schema, and notes on what did not.

use crate::schema::{self, Field, Kind, Section, Shape};
use crate::{Row, Value};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The sections of a report, each with rows that fit the schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    sections: BTreeMap<String, Vec<Row>>,
    /// What could not be read, by section, in words.
    pub incomplete: Vec<Incomplete>,
}

/// Something that could not be read: the section is there, but not whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incomplete {
    pub section: String,
    pub why: String,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.section, self.why)
    }
}

/// Something that was emitted and could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(pub String);

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Report {
    /// Adds rows to a section. A field that the schema does not know, a value that cannot be made to fit and a row
    /// without a required field are left out, each with a note. Rows of an object are merged into one, later ones win.
    pub fn emit(&mut self, section: &'static Section, rows: Vec<Row>) -> Vec<Note> {
        let mut notes = Vec::new();
        let kept: Vec<Row> = rows.into_iter().map(|row| fit_row(section, row, &mut notes)).collect();
        let known = self.sections.entry(section.name.to_owned()).or_default();
        match section.shape {
            Shape::Object => {
                let one = known.pop().unwrap_or_default();
                known.push(kept.into_iter().fold(one, |mut one, row| {
                    one.merge(row);
                    one
                }));
            }
            Shape::List => {
                for row in kept {
                    match lacking(section, &row) {
                        None if row.is_empty() => {}
                        None => known.push(row),
                        Some(field) => notes.push(Note(format!("{}: a row without {}, left out", section.name, field.name))),
                    }
                }
            }
        }
        if known.is_empty() {
            self.sections.remove(section.name);
        }
        notes
    }

    /// The rows of a section; none when nothing was emitted.
    pub fn rows(&self, section: &str) -> &[Row] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    /// The sections that have rows, by name.
    pub fn sections(&self) -> impl Iterator<Item = (&'static Section, &[Row])> {
        self.sections.iter().filter_map(|(name, rows)| Some((schema::section(name)?, rows.as_slice())))
    }
}

fn lacking(section: &'static Section, row: &Row) -> Option<&'static Field> {
    section.fields.iter().find(|field| field.required && row.get(field.name).is_none())
}

fn fit_row(section: &'static Section, row: Row, notes: &mut Vec<Note>) -> Row {
    let mut fitted = Row::new();
    for (name, value) in row {
        let Some(field) = section.field(&name) else {
            notes.push(Note(format!("{}.{}: no such field, left out", section.name, shown(&name))));
            continue;
        };
        match fit(field, value) {
            Ok(value) => drop(fitted.set(Cow::Borrowed(field.name), value)),
            Err(value) => notes.push(Note(format!(
                "{}.{}: {} is not {}, left out",
                section.name,
                field.name,
                shown(&value.to_text()),
                expected(field)
            ))),
        }
    }
    fitted
}

/// The value as its field wants it: control characters out, digits as a number where one is due.
fn fit(field: &Field, value: Value) -> Result<Value, Value> {
    let fits = match (field.kind, value) {
        (Kind::Text, Value::Text(text)) => Value::Text(clean(text)),
        (Kind::Text, Value::Integer(number)) => Value::Text(number.to_string()),
        (Kind::Texts, Value::Texts(texts)) => Value::Texts(texts.into_iter().map(clean).collect()),
        (Kind::Texts, Value::Text(text)) => Value::Texts(vec![clean(text)]),
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
    if text.chars().any(char::is_control) { text.chars().filter(|c| !c.is_control()).collect() } else { text }
}

fn shown(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
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

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut number = |digits: usize| -> Option<u32> {
        parts.next().filter(|p| p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    };
    let (Some(_), Some(month), Some(day)) = (number(4), number(2), number(2)) else { return false };
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn is_datetime(text: &str) -> bool {
    let Some((date, time)) = text.split_once(' ') else { return false };
    let limits = [23, 59, 60];
    let parts: Vec<&str> = time.split(':').collect();
    is_date(date)
        && parts.len() == 3
        && parts
            .iter()
            .zip(limits)
            .all(|(p, max)| p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit()) && p.parse().is_ok_and(|n: u32| n <= max))
}
