//! Tables, as they cross the boundary, and rows, as people think of them.
//!
//! A table of many rows is best left one ([`Table::keep_first`], [`Table::keep_fields`]); where a rule is about single
//! rows, there are [`Table::into_rows`] and [`Table::from_rows`].

use crate::bindings::airlock::types::types::{Span, Table, Value as Cell};
use airlock_model::{Row, Value};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

impl Table {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.fields.len()).unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows. Names of fields live as long as the run, which is short; they are few.
    pub fn into_rows(self) -> Vec<Row> {
        let fields: Vec<&'static str> = self.fields.into_iter().map(|name| &*name.leak()).collect();
        let row = |cells: &[Cell]| {
            let known = fields.iter().zip(cells);
            known.filter_map(|(name, cell)| Some((Cow::Borrowed(*name), value(cell, &self.texts)?))).collect()
        };
        self.values.chunks(fields.len().max(1)).map(row).collect()
    }

    /// A table of rows.
    pub fn from_rows(rows: Vec<Row>) -> Self {
        let mut fields: Vec<Cow<'static, str>> = Vec::new();
        for (name, _) in rows.iter().flat_map(Row::iter) {
            if !fields.iter().any(|known| known == name) {
                fields.push(Cow::Owned(name.to_owned()));
            }
        }
        let mut table =
            Table { fields: Vec::new(), values: Vec::with_capacity(rows.len() * fields.len()), texts: vec![] };
        for row in &rows {
            for name in &fields {
                let cell = row.get(name).map_or(Cell::Absent, |value| table.keep(value));
                table.values.push(cell);
            }
        }
        table.fields = fields.into_iter().map(Cow::into_owned).collect();
        table
    }

    /// Keeps the first of several rows that agree in all of `fields`.
    pub fn keep_first(&mut self, fields: &[&str]) {
        let columns: Vec<usize> = fields.iter().filter_map(|name| self.fields.iter().position(|f| f == name)).collect();
        // A run has a deadline and its table a size: nobody gains by making hashes collide.
        let mut seen: FxHashSet<Vec<Option<Key<'_>>>> = FxHashSet::default();
        seen.reserve(self.len());
        let width = self.fields.len().max(1);
        let key =
            |row: &'_ [Cell]| columns.iter().map(|at| row.get(*at).map(|cell| Key::of(cell, &self.texts))).collect();
        let mut is_first = Vec::with_capacity(self.len());
        for row in self.values.chunks(width) {
            let key: Vec<Option<Key<'_>>> = key(row);
            is_first.push(seen.insert(key));
        }
        if is_first.iter().all(|first| *first) {
            return;
        }
        let mut at = 0;
        self.values.retain(|_| {
            at += 1;
            is_first.get((at - 1) / width).copied().unwrap_or(true)
        });
    }

    /// Keeps only these fields.
    pub fn keep_fields(&mut self, wanted: &[String]) {
        let keep: Vec<bool> = self.fields.iter().map(|name| wanted.contains(name)).collect();
        if keep.iter().all(|keep| *keep) {
            return;
        }
        let mut names = keep.iter();
        self.fields.retain(|_| names.next().copied().unwrap_or(false));
        let mut cells = keep.iter().cycle();
        self.values.retain(|_| cells.next().copied().unwrap_or(false));
    }

    fn keep(&mut self, value: &Value) -> Cell {
        match value {
            Value::Text(text) => Cell::Text(self.span(text.as_bytes())),
            Value::Integer(number) => Cell::Integer(*number),
            Value::Boolean(yes) => Cell::Boolean(*yes),
            Value::Bytes(bytes) => Cell::Bytes(self.span(bytes)),
            Value::Texts(texts) => Cell::Texts(texts.iter().map(|text| self.span(text.as_bytes())).collect()),
        }
    }

    fn span(&mut self, bytes: &[u8]) -> Span {
        let start = length(self.texts.len());
        self.texts.extend_from_slice(bytes);
        Span { start, length: length(bytes.len()) }
    }
}

/// A component's memory ends far below 4 GiB.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn part<'a>(span: &Span, texts: &'a [u8]) -> &'a [u8] {
    let end = span.start.saturating_add(span.length);
    texts.get(span.start as usize..end as usize).unwrap_or_default()
}

fn text(span: &Span, texts: &[u8]) -> String {
    String::from_utf8_lossy(part(span, texts)).into_owned()
}

fn value(cell: &Cell, texts: &[u8]) -> Option<Value> {
    Some(match cell {
        Cell::Absent => return None,
        Cell::Text(span) => Value::Text(text(span, texts)),
        Cell::Integer(number) => Value::Integer(*number),
        Cell::Boolean(yes) => Value::Boolean(*yes),
        Cell::Bytes(span) => Value::Bytes(part(span, texts).to_vec()),
        Cell::Texts(spans) => Value::Texts(spans.iter().map(|span| text(span, texts)).collect()),
    })
}

/// What makes two cells the same: what they say, not where it is kept.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Absent,
    Text(&'a [u8]),
    Integer(i64),
    Boolean(bool),
    Bytes(&'a [u8]),
    Texts(Vec<&'a [u8]>),
}

impl<'a> Key<'a> {
    fn of(cell: &Cell, texts: &'a [u8]) -> Self {
        match cell {
            Cell::Absent => Key::Absent,
            Cell::Text(span) => Key::Text(part(span, texts)),
            Cell::Integer(number) => Key::Integer(*number),
            Cell::Boolean(yes) => Key::Boolean(*yes),
            Cell::Bytes(span) => Key::Bytes(part(span, texts)),
            Cell::Texts(spans) => Key::Texts(spans.iter().map(|span| part(span, texts)).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |name: &str, size: i64| Row::new().with("name", name).with("size", size);
        let members = vec!["ann".to_owned(), "bob".to_owned()];
        vec![row("a", 1), Row::new().with("size", 2_i64), row("a", 1), row("b", 1).with("members", members)]
    }

    fn names(table: Table) -> Vec<Option<String>> {
        table.into_rows().iter().map(|row| row.text("name").map(str::to_owned)).collect()
    }

    #[test]
    fn rows_come_back_from_a_table() {
        assert_eq!(Table::from_rows(rows()).into_rows(), rows());
        assert!(Table::from_rows(vec![]).into_rows().is_empty());
    }

    #[test]
    fn the_first_of_equal_rows_is_kept() {
        let mut table = Table::from_rows(rows());
        table.keep_first(&["name", "version"]);
        assert_eq!(names(table), [Some("a".to_owned()), None, Some("b".to_owned())]);
    }

    #[test]
    fn unwanted_fields_go() {
        let mut table = Table::from_rows(rows());
        table.keep_fields(&["name".to_owned()]);
        assert_eq!(table.into_rows()[3], Row::new().with("name", "b"));
    }

    #[test]
    fn a_span_outside_is_nothing() {
        let cell = Cell::Text(Span { start: u32::MAX, length: 9 });
        let table = Table { fields: vec!["name".into()], values: vec![cell], texts: vec![1] };
        assert_eq!(names(table), [Some(String::new())]);
    }
}
