//! Tables, as they cross the boundary, and rows, as people think of them.
//!
//! A table of many rows is best left one ([`Table::keep_first`]); where a rule is about single rows, [`Table::into_rows`]
//! copies no text but the names of the fields, once a table.

use crate::bindings::airlock::types::types as wit;
use airlock_model::{Row, Value};
use std::borrow::Cow;
use std::collections::HashSet;

use wit::Table;

impl Table {
    /// The rows. Names of fields live as long as the run, which is short; they are few.
    pub fn into_rows(self) -> Vec<Row> {
        let fields: Vec<&'static str> = self.fields.into_iter().map(|name| &*name.leak()).collect();
        self.rows.into_iter().map(|values| row_from_values(&fields, values)).collect()
    }

    /// A table of rows.
    pub fn from_rows(rows: Vec<Row>) -> Self {
        let mut table = Table { fields: Vec::new(), rows: Vec::with_capacity(rows.len()) };
        for row in rows {
            let values = table.values_of(row);
            table.rows.push(values);
        }
        let width = table.fields.len();
        for values in &mut table.rows {
            values.resize_with(width, || wit::Value::Absent);
        }
        table
    }

    fn values_of(&mut self, row: Row) -> Vec<wit::Value> {
        let mut values: Vec<wit::Value> = Vec::with_capacity(self.fields.len());
        values.resize_with(self.fields.len(), || wit::Value::Absent);
        for (name, value) in row {
            let value = value_to_wit(value);
            match self.fields.iter().position(|known| *known == name).and_then(|at| values.get_mut(at)) {
                Some(place) => *place = value,
                None => {
                    self.fields.push(name.into_owned());
                    values.push(value);
                }
            }
        }
        values
    }

    /// Keeps the first of several rows that agree in all of `fields`.
    pub fn keep_first(&mut self, fields: &[&str]) {
        let columns: Vec<usize> = fields.iter().filter_map(|name| self.fields.iter().position(|f| f == name)).collect();
        let mut seen: HashSet<Vec<Option<&wit::Value>>> = HashSet::with_capacity(self.rows.len());
        let is_first: Vec<bool> =
            self.rows.iter().map(|row| seen.insert(columns.iter().map(|at| row.get(*at)).collect())).collect();
        let mut is_first = is_first.into_iter();
        self.rows.retain(|_| is_first.next().unwrap_or(true));
    }

    /// Keeps only these fields.
    pub fn keep_fields(&mut self, wanted: &[String]) {
        if self.fields.iter().all(|name| wanted.contains(name)) {
            return;
        }
        let keep: Vec<bool> = self.fields.iter().map(|name| wanted.contains(name)).collect();
        let mut kept = keep.iter();
        self.fields.retain(|_| *kept.next().unwrap_or(&false));
        for row in &mut self.rows {
            let mut kept = keep.iter();
            row.retain(|_| *kept.next().unwrap_or(&false));
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |name: &str, size: i64| Row::new().with("name", name).with("size", size);
        vec![row("a", 1), Row::new().with("size", 2_i64), row("a", 1), row("b", 1)]
    }

    #[test]
    fn rows_come_back_from_a_table() {
        assert_eq!(Table::from_rows(rows()).into_rows(), rows());
    }

    #[test]
    fn the_first_of_equal_rows_is_kept() {
        let mut table = Table::from_rows(rows());
        table.keep_first(&["name", "version"]);
        let names: Vec<_> = table.into_rows().iter().map(|row| row.text("name").map(str::to_owned)).collect();
        assert_eq!(names, [Some("a".to_owned()), None, Some("b".to_owned())]);
    }

    #[test]
    fn unwanted_fields_go() {
        let mut table = Table::from_rows(rows());
        table.keep_fields(&["name".to_owned()]);
        assert_eq!(table.into_rows()[3], Row::new().with("name", "b"));
    }
}
