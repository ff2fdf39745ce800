//! Batteries: tools, and one list of several sources.

use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::batteries;
use airlock_facts::output::{acpiconf, upower};
use airlock_model::Row;
use serde_json::{Map, Value, json};

pub(super) fn acpiconf(question: &Question) -> Answer {
    Ok(with_serial(acpiconf::battery(&question.param_text("file")?)))
}

/// The list of devices, or one of them.
pub(super) fn upower(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    if text.starts_with('/') {
        return Ok(json!(upower::batteries(&text)));
    }
    Ok(with_serial(upower::battery(&text)))
}

/// No serial number is zero there.
fn with_serial(row: Row) -> Value {
    let mut answer = names::row(row);
    if let Value::Object(battery) = &mut answer {
        battery.entry("SERIAL").or_insert(json!("0"));
    }
    answer
}

/// Steps that add batteries to a list, or merge what another source says, which counts.
pub(super) fn merged(question: &Question) -> Answer {
    let mut list = Vec::new();
    for step in &question.steps {
        let args = step.get("args").and_then(Value::as_array).into_iter().flatten();
        let known = args.filter_map(Value::as_object).map(row);
        match step.get("do").and_then(Value::as_str) {
            Some("add") => list.extend(known),
            Some("merge") => list = batteries::merged(known.collect(), list),
            _ => {}
        }
    }
    Ok(list.into_iter().map(with_serial).collect())
}

fn row(battery: &Map<String, Value>) -> Row {
    let mut row = Row::new();
    for (name, value) in battery {
        match value {
            Value::String(text) if name != "SERIAL" || text != "0" => row.set(name.to_lowercase(), text.as_str()),
            Value::Number(number) => row.maybe(name.to_lowercase(), number.as_i64()),
            _ => &mut row,
        };
    }
    row
}
