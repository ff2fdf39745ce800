//! Who could have a file already.

use super::{Module, OtherKind};
use crate::case::{Answer, Question};
use airlock_net::peers::neighbours;
use anyhow::Context;
use ipnet::Ipv4Net;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

pub(super) const MODULES: &[Module] = &[Module { name: "task/deploy/p2p", answer: peers }];

fn peers(question: &Question) -> Answer {
    if question.kind != "get potential peers" {
        return Err(OtherKind.into());
    }
    let last = question.steps.last().and_then(|step| step.get("args")).context("no call")?;
    let text = |key: &str| last.pointer(&format!("/0/{key}")).and_then(Value::as_str).context("no address");
    let (address, mask): (Ipv4Addr, Ipv4Addr) = (text("ip")?.parse()?, text("mask")?.parse()?);
    let most = last.pointer("/1").and_then(Value::as_u64).context("no number")?;
    Ok(json!(neighbours(Ipv4Net::with_netmask(address, mask)?, u32::try_from(most)?)))
}
