//! Monitors by their EDID.

use super::Module;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::edid::{Edid, Makers};
use anyhow::Context;

pub(super) const MODULES: &[Module] = &[Module { name: "generic/screen", answer: screen }];

fn screen(question: &Question) -> Answer {
    let list = question.input_text("reference-db")?;
    let makers = Makers::List(&list);
    let bytes = question.bytes(&question.input("edid").context("no EDID")?.path)?;
    Ok(names::row(Edid::of(&bytes)?.row(&makers)))
}
