//! What dmidecode prints, section by section.

use super::memory_part::memory_part;
use crate::case::{Answer, Question};
use crate::manufacturer::canonical;
use crate::names;
use airlock_facts::output::dmidecode::Dmidecode;
use airlock_model::Row;
use anyhow::Context;
use serde_json::Value;

/// dmidecode's text: the call's parameter, or that of the first of several calls.
fn text(question: &Question) -> anyhow::Result<String> {
    match question.param("file") {
        Some(file) => question.value_text(file),
        None => question.value_text(step_file(question, "generic/dmidecode/").context("no step with a file")?),
    }
}

/// The file that a step gives to a module.
pub(super) fn step_file<'a>(question: &'a Question, module: &str) -> Option<&'a Value> {
    let is_of = |step: &&Value| step.get("module").and_then(Value::as_str).is_some_and(|name| name.starts_with(module));
    question.steps.iter().filter(is_of).find_map(|step| step.pointer("/params/file"))
}

pub(super) fn bios(question: &Question) -> Answer {
    let text = text(question)?;
    let machine = Dmidecode::parse(&text);
    let mut row = machine.bios();
    if row.get("bdate").is_some() {
        row.maybe("bdate", machine.firmware_date());
    }
    Ok(names::row(row))
}

pub(super) fn hardware(question: &Question) -> Answer {
    Ok(names::row(Dmidecode::parse(&text(question)?).hardware()))
}

pub(super) fn memories(question: &Question) -> Answer {
    Ok(names::rows(memory_rows(&text(question)?)))
}

pub(super) fn memory_rows(text: &str) -> Vec<Row> {
    let mut rows = Dmidecode::parse(text).memories();
    for row in &mut rows {
        if let Some(part) = row.text("model").and_then(memory_part) {
            row.set("manufacturer", part.maker).otherwise("type", part.kind);
        }
    }
    rows
}

pub(super) fn slots(question: &Question) -> Answer {
    Ok(names::rows(Dmidecode::parse(&text(question)?).slots()))
}

pub(super) fn ports(question: &Question) -> Answer {
    Ok(names::rows(Dmidecode::parse(&text(question)?).ports()))
}

pub(super) fn batteries(question: &Question) -> Answer {
    let mut rows = names::rows(canonical_makers(Dmidecode::parse(&text(question)?).batteries()));
    names::change(&mut rows, "DATE", names::day_first);
    Ok(rows)
}

pub(super) fn power_supplies(question: &Question) -> Answer {
    Ok(power_supply_rows(Dmidecode::parse(&text(question)?).power_supplies()))
}

/// Whether something is so stands there in words.
pub(super) fn power_supply_rows(rows: Vec<Row>) -> Value {
    let mut answer = names::rows(canonical_makers(rows));
    for row in answer.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for value in row.values_mut() {
            if let Value::Bool(yes) = value {
                *value = Value::from(if *yes { "Yes" } else { "No" });
            }
        }
    }
    answer
}

pub(super) fn canonical_makers(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        let maker = row.text("manufacturer").map(canonical);
        row.maybe("manufacturer", maker);
    }
    rows
}
