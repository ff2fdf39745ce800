//! Monitors by their EDID, and as macOS tells them.

use super::Module;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::edid::{Edid, Makers};
use airlock_facts::macos::screens::{distinct, screens};
use airlock_model::Row;
use anyhow::Context;
use serde_json::Value;

pub(super) const MODULES: &[Module] = &[Module { name: "generic/screen", answer: screen }];

fn screen(question: &Question) -> Answer {
    let list = question.input_text("reference-db")?;
    let makers = Makers::List(&list);
    if question.input("ioreg").is_some() {
        let rows = screens(&question.input_text("ioreg")?, &makers);
        return Ok(names::rows(rows.into_iter().map(without_edid)));
    }
    if let Some(Value::Array(given)) = question.param("screens") {
        return Ok(names::rows(distinct(given.iter().map(row).collect())));
    }
    let bytes = question.bytes(&question.input("edid").context("no EDID")?.path)?;
    Ok(names::row(Edid::of(&bytes)?.row(&makers)))
}

fn without_edid(mut row: Row) -> Row {
    row.remove("base64");
    row
}

/// A row that the case gives.
fn row(given: &Value) -> Row {
    let mut row = Row::new();
    for (name, value) in given.as_object().into_iter().flatten() {
        row.maybe(name.to_ascii_lowercase(), value.as_str());
    }
    row
}
