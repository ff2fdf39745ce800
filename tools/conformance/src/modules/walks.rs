//! Devices of the corpus: walks, and tables of values, as agents that answer; the database of sysObjectIDs beside them.

use crate::case::Question;
use airlock_gate::sysobject::Sysobjects;
use airlock_mib::fixture::Walk;
use airlock_mib::{Entry, Syntax};
use anyhow::Context;
use serde_json::Value;

/// The device that a walk's file tells of.
pub(super) fn of_file(question: &Question, path: &str) -> anyhow::Result<Walk> {
    let bytes = question.bytes(path)?;
    // What is not UTF-8 is one character a byte.
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    // The corpus' results were made by a reader that leaves the backslash before a quote.
    with_database(question, Walk::parse(&text.replace("\\\"", "\\\\\\\"")))
}

/// The device that the case tells of: `walk`, `hash` or `file` among the parameters or those of a step, else its walk.
pub(super) fn of_question(question: &Question) -> anyhow::Result<Walk> {
    let steps = question.steps.iter().filter_map(|step| step.get("params"));
    let param = |name: &str| question.param(name).or_else(|| steps.clone().find_map(|params| params.get(name)));
    if let Some(values) = param("walk").or_else(|| param("hash")).filter(|values| values.is_object()) {
        return with_database(question, of_values(values));
    }
    if let Some(path) = param("file").and_then(|file| file.get("$resource")).and_then(Value::as_str) {
        return of_file(question, path);
    }
    let input = question.inputs.iter().find(|input| input.role == "snmp-walk" || input.role == "walks");
    of_file(question, &input.context("no walk")?.path)
}

/// `{".1.3.6.1.2.1.1.5.0": ["STRING", "sw1"]}`.
pub(super) fn of_values(values: &Value) -> Walk {
    let values = values.as_object().into_iter().flatten();
    values.fold(Walk::default(), |walk, (oid, value)| match syntax(value) {
        Some(syntax) => walk.with(oid, syntax),
        None => walk,
    })
}

fn syntax(value: &Value) -> Option<Syntax> {
    let text = match value.get(1)? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(match value.get(0)?.as_str()? {
        "INTEGER" => Syntax::Integer(text.parse().ok()?),
        "Gauge32" => Syntax::Gauge32(text.parse().ok()?),
        "Counter32" => Syntax::Counter32(text.parse().ok()?),
        "Counter64" => Syntax::Counter64(text.parse().ok()?),
        "OID" => Syntax::Oid(text.trim_start_matches('.').to_owned()),
        "IpAddress" => Syntax::IpAddress(text.parse::<std::net::Ipv4Addr>().ok()?.octets()),
        _ => Syntax::Octets(packed(&text).unwrap_or_else(|| text.into_bytes())),
    })
}

/// What the reader of walks writes of bytes that are no text.
pub(super) fn packed(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").filter(|digits| !digits.is_empty())?;
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| pair.filter(|pair| pair.len() == 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}

/// A device beside the case's database of sysObjectIDs.
pub(super) fn with_database(question: &Question, walk: Walk) -> anyhow::Result<Walk> {
    let Some(input) = question.inputs.iter().find(|input| input.path.ends_with("sysobject.ids")) else {
        return Ok(walk);
    };
    let known = Sysobjects::parse(question.text(&input.path)?).map_err(anyhow::Error::msg)?;
    Ok(walk.with_sysobject(move |id| {
        let found = known.find(id)?;
        Some(Entry { vendor: found.vendor, kind: found.kind, model: found.model, module: found.module })
    }))
}
