//! Devices of the corpus: walks, and tables of values, as agents that answer; the database of sysObjectIDs beside them.

use crate::case::Question;
use airlock_mib::fixture::Walk;
use airlock_mib::{Entry, Syntax};
use anyhow::Context;
use serde_json::Value;
use std::collections::HashMap;

/// The device that a walk's file tells of.
pub(super) fn of_file(question: &Question, path: &str) -> anyhow::Result<Walk> {
    with_database(question, Walk::parse(&question.text(path)?))
}

/// The device that the case tells of: `walk` or `hash` among the parameters, else its walk.
pub(super) fn of_question(question: &Question) -> anyhow::Result<Walk> {
    if let Some(values) = question.param("walk").or_else(|| question.param("hash")) {
        return with_database(question, of_values(values));
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
        "OID" => Syntax::Oid(text.trim_start_matches('.').to_owned()),
        "IpAddress" => Syntax::IpAddress(text.parse::<std::net::Ipv4Addr>().ok()?.octets()),
        _ => Syntax::Octets(packed(&text).unwrap_or_else(|| text.into_bytes())),
    })
}

/// What the reader of walks writes of bytes that are no text.
fn packed(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").filter(|digits| !digits.is_empty())?;
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| pair.filter(|pair| pair.len() == 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}

/// What the case's database says: the whole id, else what stands above it.
pub(super) fn with_database(question: &Question, walk: Walk) -> anyhow::Result<Walk> {
    let Some(input) = question.inputs.iter().find(|input| input.path.ends_with("sysobject.ids")) else {
        return Ok(walk);
    };
    let text = question.text(&input.path)?;
    let entry = |line: &str| {
        let mut columns = line.split('\t').map(|column| Some(column.trim().to_owned()).filter(|text| !text.is_empty()));
        let id = columns.next()??;
        let mut next = || columns.next().flatten();
        Some((id, Entry { vendor: next(), kind: next(), model: next(), module: next() }))
    };
    let known: HashMap<String, Entry> = text.lines().filter(|line| !line.starts_with('#')).filter_map(entry).collect();
    Ok(walk.with_sysobject(move |id| {
        let mut id = id.strip_prefix("1.3.6.1.4.1.")?;
        loop {
            match known.get(id) {
                Some(entry) => return Some(entry.clone()),
                None => id = id.rsplit_once('.')?.0,
            }
        }
    }))
}
