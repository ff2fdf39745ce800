//! MacOS.

mod hardware;
mod networks;
mod security;
mod softwares;
mod storages;
mod tools;

use super::Module;
use crate::case::Question;
use airlock_facts::macos::plist::Plist;
use airlock_facts::macos::profile::Entry;
use anyhow::Context;

pub(super) const MODULES: &[Module] = &[
    Module { name: "macos/antivirus/cortex", answer: security::cortex },
    Module { name: "macos/antivirus/defender", answer: super::security::defender },
    Module { name: "macos/antivirus/sentinelone", answer: security::sentinelone },
    Module { name: "macos/batteries", answer: hardware::battery },
    Module { name: "macos/cpu", answer: hardware::cpus },
    Module { name: "macos/firewall", answer: security::firewall },
    Module { name: "macos/hostname", answer: tools::host_name },
    Module { name: "macos/memory", answer: hardware::memory },
    Module { name: "macos/networks", answer: networks::answer },
    Module { name: "macos/os", answer: tools::boot_time },
    Module { name: "macos/psu", answer: hardware::charger },
    Module { name: "macos/softwares", answer: softwares::answer },
    Module { name: "macos/storages", answer: storages::answer },
    Module { name: "macos/usb", answer: hardware::usb },
    Module { name: "macos/videos", answer: hardware::videos },
    Module { name: "tools/macos", answer: tools::answer },
];

fn profile(question: &Question) -> anyhow::Result<Entry> {
    Ok(Entry::parse(&question.param_text("file")?))
}

fn plist(question: &Question) -> anyhow::Result<Plist> {
    Plist::parse(&question.param_text("file")?).context("not a property list")
}
