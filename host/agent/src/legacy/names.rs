//! The programs whose names this one takes.

use super::getopt::{Known, Manner};
use super::options::{
    AGENT, ESX, INJECTOR, INVENTORY, NETDISCOVERY, NETINVENTORY, REMOTE, REMOTE_INVENTORY, WAKEONLAN,
};
use std::ffi::OsStr;
use std::path::Path;

#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) name: &'static str,
    pub(crate) does: Does,
    pub(crate) options: &'static [Known],
    pub(crate) manner: Manner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    Agent,
    Inventory,
    Inject,
    Discover,
    InventoryDevices,
    Wake,
    /// Nothing yet: what it would be.
    Later(&'static str),
}

impl Name {
    /// By FusionInventory's rules where the two families differ.
    pub(crate) fn is_fusion(&self) -> bool {
        self.name.starts_with("fusioninventory-")
    }
}

const fn name(name: &'static str, does: Does, options: &'static [Known], manner: Manner) -> Name {
    Name { name, does, options, manner }
}

const OTHERS: Does = Does::Later("inventory of remote machines");
const HYPERVISORS: Does = Does::Later("inventory of ESX servers");

static NAMES: &[Name] = &[
    name("glpi-agent", Does::Agent, AGENT, Manner::Long),
    name("glpi-inventory", Does::Inventory, INVENTORY, Manner::AnyCase),
    name("glpi-injector", Does::Inject, INJECTOR, Manner::Bundled),
    name("glpi-netdiscovery", Does::Discover, NETDISCOVERY, Manner::AnyCase),
    name("glpi-netinventory", Does::InventoryDevices, NETINVENTORY, Manner::AnyCase),
    name("glpi-esx", HYPERVISORS, ESX, Manner::AnyCase),
    name("glpi-remote", OTHERS, REMOTE, Manner::Long),
    name("glpi-wakeonlan", Does::Wake, WAKEONLAN, Manner::AnyCase),
    name("fusioninventory-agent", Does::Agent, AGENT, Manner::Long),
    name("fusioninventory-inventory", Does::Inventory, INVENTORY, Manner::AnyCase),
    name("fusioninventory-injector", Does::Inject, INJECTOR, Manner::Long),
    name("fusioninventory-netdiscovery", Does::Discover, NETDISCOVERY, Manner::AnyCase),
    name("fusioninventory-netinventory", Does::InventoryDevices, NETINVENTORY, Manner::AnyCase),
    name("fusioninventory-esx", HYPERVISORS, ESX, Manner::AnyCase),
    name("fusioninventory-remoteinventory", OTHERS, REMOTE_INVENTORY, Manner::Long),
    name("fusioninventory-wakeonlan", Does::Wake, WAKEONLAN, Manner::AnyCase),
];

/// The program that is called so, whatever folder its link is in.
pub(crate) fn find(called: &OsStr) -> Option<&'static Name> {
    let base = Path::new(called).file_name()?;
    NAMES.iter().find(|name| base == name.name)
}

pub(crate) fn all() -> Vec<&'static str> {
    NAMES.iter().map(|name| name.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_folder_does_not_matter_and_the_name_does() {
        for called in ["glpi-agent", "/usr/bin/glpi-agent", "./glpi-agent"] {
            assert_eq!(find(OsStr::new(called)).unwrap().name, "glpi-agent");
        }
        for called in ["airlock", "glpi-agent2", "/usr/bin/airlock", ""] {
            assert!(find(OsStr::new(called)).is_none(), "{called}");
        }
    }

    #[test]
    fn no_program_has_two_options_of_one_name() {
        for name in NAMES {
            let mut seen = BTreeSet::new();
            for option in name.options.iter().flat_map(Known::names) {
                assert!(seen.insert(option), "{}: {option}", name.name);
            }
        }
    }
}
