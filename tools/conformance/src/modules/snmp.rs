//! Devices that answer by SNMP: reading walks, values, what a device is.

use super::{Module, OtherKind, walks};
use crate::case::{Answer, Question};
use airlock_mib::identify::{self, Identity};
use airlock_mib::{Agent, Syntax, value};
use anyhow::Context;
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "snmp/walk-reader", answer: read },
    Module { name: "tools/snmp", answer: values },
    Module { name: "snmp/discovery", answer: discovery },
    Module { name: "snmp/device", answer: identification },
];

/// The address at which a case's device was asked.
fn address_of(question: &Question) -> &str {
    question.param("address").and_then(Value::as_str).unwrap_or("127.0.0.1")
}

/// What the last step asks of a walk: a value, or a table.
fn read(question: &Question) -> Answer {
    let walk = walks::of_question(question)?;
    let step = question.steps.last().context("no step")?;
    let oid = step.pointer("/args/0").and_then(Value::as_str).context("no name to ask for")?;
    Ok(match step.get("do").and_then(Value::as_str) {
        Some("get") => json!(walk.get(&[oid])?.into_iter().flatten().next().map(|value| said(&value))),
        Some("walk") => {
            let root = oid.trim_start_matches('.');
            let rows = walk.walk(&[root])?.into_iter().flatten();
            let rows = rows.filter_map(|bind| {
                let suffix = bind.oid.strip_prefix(root)?.strip_prefix('.')?.to_owned();
                Some((suffix, json!(said(&bind.value))))
            });
            Value::Object(rows.collect())
        }
        _ => return Err(OtherKind.into()),
    })
}

/// A value as it is shown: bytes that are no text as hexadecimal digits.
fn said(value: &Syntax) -> String {
    match value {
        Syntax::Octets(bytes) => value::lossless(bytes),
        Syntax::Oid(oid) => format!(".{oid}"),
        other => value::text(other).unwrap_or_default(),
    }
}

fn values(question: &Question) -> Answer {
    let text = question.param_text("0")?;
    // A text of the case stands for what the device sent: bytes where they are so written.
    let sent = Syntax::Octets(walks::packed(&text).unwrap_or_else(|| text.into_bytes()));
    Ok(match question.kind.as_str() {
        "get canonical mac address" => json!(value::mac(&sent)),
        "get canonical string" => json!(value::text(&sent)),
        "get canonical serial number" => json!(value::serial(&sent)),
        "get canonical memory" => json!(value::megabytes(&sent)),
        "get canonical count" => json!(value::count(&sent)),
        "get canonical constant" => json!(value::integer(&sent)),
        _ => return Err(OtherKind.into()),
    })
}

fn discovery(question: &Question) -> Answer {
    let walk = walks::of_question(question)?;
    let row = identify::discover(&walk, address_of(question))?;
    let mut answer = Map::new();
    for (name, value) in row.iter() {
        let value = match value {
            airlock_model::Value::Texts(texts) => json!({ "IP": texts }),
            other => json!(other.to_text()),
        };
        answer.insert(name.to_uppercase(), value);
    }
    Ok(Value::Object(answer))
}

/// Parts of an identification that are asked for alone.
fn identification(question: &Question) -> Answer {
    Ok(match question.kind.as_str() {
        "get type" | "set type" => json!(identity(question)?.kind),
        "get mac address" | "set mac address" => json!(identity(question)?.mac),
        "get serial" => json!(identity(question)?.serial),
        "get model" => json!(identity(question)?.model),
        "get manufacturer" => json!(identity(question)?.manufacturer),
        _ => return Err(OtherKind.into()),
    })
}

fn identity(question: &Question) -> anyhow::Result<Identity> {
    Ok(identify::identify(&walks::of_question(question)?, address_of(question))?)
}
