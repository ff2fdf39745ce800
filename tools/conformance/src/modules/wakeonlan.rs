//! Magic packets.

use super::{Module, OtherKind};
use crate::case::{Answer, Question};
use airlock_model::mac_address;
use airlock_net::magic_packet::payload;
use anyhow::Context;
use std::fmt::Write;

pub(super) const MODULES: &[Module] = &[Module { name: "task/wakeonlan", answer }];

/// The part of the payload that the title names, in hexadecimal.
fn answer(question: &Question) -> Answer {
    if question.kind != "get payload" {
        return Err(OtherKind.into());
    }
    let packet = payload(mac_address(&question.param_text("0")?).context("no hardware address")?);
    let (header, values) = packet.split_at_checked(6).context("a short packet")?;
    let part = if question.title.contains("header") { header } else { values };
    let hex = part.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(hex.into())
}
