//! Windows.

mod hardware;
mod networks;
mod others;
mod softwares;

use super::Module;
use crate::case::Question;
use airlock_facts::windows::registry::Key;
use airlock_facts::windows::wmi::{Instance, instances};
use anyhow::Context;

pub(super) const MODULES: &[Module] = &[
    Module { name: "tools/windows", answer: networks::tools },
    Module { name: "windows/batteries", answer: hardware::batteries },
    Module { name: "windows/bios", answer: hardware::bios },
    Module { name: "windows/cpu", answer: hardware::cpus },
    Module { name: "windows/drives", answer: hardware::drives },
    Module { name: "windows/firewall", answer: networks::firewall },
    Module { name: "windows/license", answer: softwares::licenses },
    Module { name: "windows/memory", answer: hardware::memory },
    Module { name: "windows/networks", answer: networks::media },
    Module { name: "windows/printers", answer: others::printers },
    Module { name: "windows/softwares", answer: softwares::answer },
    Module { name: "windows/storages", answer: hardware::storages },
    Module { name: "windows/usb", answer: others::usb },
    Module { name: "windows/users", answer: others::users },
    Module { name: "windows/videos", answer: others::videos },
];

/// The instances of a class; empty when the case has none.
fn class(question: &Question, name: &str) -> anyhow::Result<Vec<Instance>> {
    match question.input(&format!("wmi:{name}")) {
        Some(input) => Ok(instances(&question.text(&input.path)?)),
        None => Ok(Vec::new()),
    }
}

/// An exported key; none when the case has none.
fn key(question: &Question, name: &str) -> anyhow::Result<Option<Key>> {
    match question.input(&format!("registry:{name}")) {
        Some(input) => Ok(Some(Key::parse(&question.text(&input.path)?).context("no exported key")?)),
        None => Ok(None),
    }
}
