//! Adapters: which of our parsers answers a module's cases.

mod aix;
mod bsd;
mod collect;
mod cpus;
mod databases;
mod deploy;
mod devices;
mod discovery;
mod dmi;
mod helpers;
mod hpux;
mod macos;
mod messages;
mod network_inventory;
mod networks;
mod peers;
mod screens;
mod security;
mod snmp;
mod software;
mod solaris;
mod storages;
mod systems;
mod virtualization;
mod wakeonlan;
mod walks;
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
    collect::MODULES,
    cpus::MODULES,
    databases::MODULES,
    deploy::MODULES,
    devices::MODULES,
    discovery::MODULES,
    dmi::MODULES,
    helpers::MODULES,
    hpux::MODULES,
    macos::MODULES,
    messages::MODULES,
    network_inventory::MODULES,
    networks::MODULES,
    peers::MODULES,
    screens::MODULES,
    security::MODULES,
    snmp::MODULES,
    software::MODULES,
    solaris::MODULES,
    storages::MODULES,
    systems::MODULES,
    virtualization::MODULES,
    wakeonlan::MODULES,
    windows::MODULES,
];

/// An adapter's answer to a kind of question that is not for it: modules of helpers are shared by several families.
#[derive(Debug)]
pub(crate) struct OtherKind;

impl std::fmt::Display for OtherKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a question of another kind")
    }
}

impl std::error::Error for OtherKind {}

/// Answers a case; none when nothing of ours reads its module.
pub(crate) fn answer(question: &Question) -> Option<Answer> {
    let modules = FAMILIES.iter().flat_map(|family| family.iter()).filter(|module| module.name == question.module);
    modules.map(|module| (module.answer)(question)).find(|answer| !answer.as_ref().is_err_and(|e| e.is::<OtherKind>()))
}
