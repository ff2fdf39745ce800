//! What tells who is at an address without asking it: tables of neighbours.

use super::{Module, OtherKind};
use crate::case::{Answer, Question};
use airlock_facts::output::neighbours::neighbours;
use anyhow::Context;
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[Module { name: "task/netdiscovery", answer: by_arp }];

/// The entry of one address in the table that a tool printed.
fn by_arp(question: &Question) -> Answer {
    if question.kind != "scan address by arp" {
        return Err(OtherKind.into());
    }
    let call = question.param("0").context("no parameters")?;
    let mut found = Map::new();
    if let Some(ip) = call.get("ip").and_then(Value::as_str) {
        let table = question.value_text(call.get("file").context("no table")?)?;
        if let Some(neighbour) = neighbours(&table).into_iter().find(|neighbour| neighbour.ip == ip) {
            found.insert("MAC".to_owned(), json!(neighbour.mac));
            found.extend(neighbour.name.map(|name| ("DNSHOSTNAME".to_owned(), json!(name))));
        }
    }
    Ok(Value::Object(found))
}
