//! The options of the programs whose names this one takes, as data. Options that only one of the two families has are
//! taken under both names.

mod agent;
mod esx;
mod injector;
mod inventory;
mod netscan;
mod remote;
mod wakeonlan;

pub(super) use agent::AGENT;
pub(super) use esx::ESX;
pub(super) use injector::INJECTOR;
pub(super) use inventory::INVENTORY;
pub(super) use netscan::{NETDISCOVERY, NETINVENTORY};
pub(super) use remote::{REMOTE, REMOTE_INVENTORY};
pub(super) use wakeonlan::WAKEONLAN;
