//! Between the boundary's tables and rows. No text is copied but the names of fields, once a table.

use crate::bindings::airlock::types::types as wit;
use airlock_model::{Row, Value};
use std::borrow::Cow;

pub(crate) fn table_from_rows(rows: impl Iterator<Item = Row>) -> wit::Table {
    let mut fields: Vec<String> = Vec::new();
    let mut table = Vec::with_capacity(rows.size_hint().0);
    for row in rows {
        let mut values: Vec<wit::Value> = Vec::with_capacity(fields.len());
        values.resize_with(fields.len(), || wit::Value::Absent);
        for (name, value) in row {
            let value = value_to_wit(value);
            match fields.iter().position(|known| *known == name).and_then(|at| values.get_mut(at)) {
                Some(place) => *place = value,
                None => {
                    fields.push(name.into_owned());
                    values.push(value);
                }
            }
        }
        table.push(values);
    }
    for values in &mut table {
        values.resize_with(fields.len(), || wit::Value::Absent);
    }
    wit::Table { fields, rows: table }
}

pub(crate) fn rows_from_table(table: wit::Table) -> Vec<Row> {
    // A run is short and its sections are few: names that live as long as it does save a copy in every row.
    let fields: Vec<&'static str> = table.fields.into_iter().map(|name| &*name.leak()).collect();
    table.rows.into_iter().map(|values| row_from_values(&fields, values)).collect()
}

fn row_from_values(fields: &[&'static str], values: Vec<wit::Value>) -> Row {
    let known = fields.iter().zip(values);
    known.filter_map(|(name, value)| Some((Cow::Borrowed(*name), value_from_wit(value)?))).collect()
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

fn value_from_wit(value: wit::Value) -> Option<Value> {
    Some(match value {
        wit::Value::Absent => return None,
        wit::Value::Text(text) => Value::Text(text),
        wit::Value::Integer(number) => Value::Integer(number),
        wit::Value::Boolean(yes) => Value::Boolean(yes),
        wit::Value::Bytes(bytes) => Value::Bytes(bytes),
        wit::Value::Texts(texts) => Value::Texts(texts),
    })
}
