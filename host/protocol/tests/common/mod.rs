//! Reports for the tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers too")]
#![allow(dead_code, reason = "not every test needs everything")]

use airlock_model::{Document, Field, Kind, Report, Row, Value, schema};

/// A report with one row, which has to fit.
pub(crate) fn add(report: &mut Report, section: &str, row: Row) {
    let notes = report.emit(schema::section(section).unwrap(), vec![row]);
    assert!(notes.is_empty(), "{notes:?}");
}

/// A value that is valid for the field; texts are made of `text`.
pub(crate) fn value(field: &Field, text: &str) -> Value {
    match field.kind {
        Kind::Text => Value::Text(field.values.first().map_or_else(|| text.to_owned(), |word| (*word).to_owned())),
        Kind::Texts => Value::Texts(vec![text.to_owned(), format!("{text}2")]),
        Kind::Integer => Value::Integer(7),
        Kind::Boolean => Value::Boolean(true),
        Kind::Date => Value::Text("2024-05-01".to_owned()),
        Kind::Datetime | Kind::DateOrDatetime => Value::Text("2024-05-01 10:00:00".to_owned()),
    }
}

/// One row a section with every field that a document carries (`None`: with every field there is).
pub(crate) fn full(text: &str, documents: &[Document]) -> Report {
    let mut report = Report::default();
    for section in schema::SECTIONS.iter().filter(|s| documents.contains(&s.document)) {
        let fields = section.fields.iter().filter(|field| documents.contains(&field.document));
        let mut row: Row = fields.map(|field| (field.name.into(), value(field, text))).collect();
        if section.parent.is_some() {
            row.set("of", text);
        }
        report.emit(section, vec![row]);
    }
    report
}
