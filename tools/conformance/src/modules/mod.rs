//! Adapters: which of our parsers answers a module's cases.

mod aix;
mod bsd;
mod cpus;
mod databases;
mod devices;
mod dmi;
mod helpers;
mod hpux;
mod macos;
mod networks;
mod screens;
mod security;
mod software;
mod solaris;
mod storages;
mod systems;
mod virtualization;
mod windows;

use crate::case::{Answer, Question};

/// One module of the corpus.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    pub(crate) answer: fn(&Question) -> Answer,
}

/// Every family of modules, each in its own file.
const FAMILIES: &[&[Module]] = &[
    aix::MODULES,
    bsd::MODULES,
    cpus::MODULES,
    databases::MODULES,
    devices::MODULES,
    dmi::MODULES,
    helpers::MODULES,
    hpux::MODULES,
    macos::MODULES,
    networks::MODULES,
    screens::MODULES,
    security::MODULES,
    software::MODULES,
    solaris::MODULES,
    storages::MODULES,
    systems::MODULES,
    virtualization::MODULES,
    windows::MODULES,
];

/// Answers a case; none when nothing of ours reads its module.
pub(crate) fn answer(question: &Question) -> Option<Answer> {
    let mut modules = FAMILIES.iter().flat_map(|family| family.iter());
    let module = modules.find(|module| module.name == question.module)?;
    Some((module.answer)(question))
}
