//! What makers say in objects of their own: a table of which devices are whose, and where each keeps what.
//!
//! A module is data: how its devices are recognised, and for each fact the names that are asked, in order, or a small
//! function. Where several modules know a fact, the one with the lowest priority says it. What a module names is asked for
//! in one GET with what the others name.

mod cisco;
mod firewalls;
mod get;
mod linux;
mod network;
mod others;
mod power;
mod printers;
mod radio;
mod servers;
mod storage;
mod switches;

use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::{Gone, Syntax, Table};
pub(crate) use get::{Get, Said};
pub use switches::force10::components as force10_components;

/// A name below `1.3.6.1.4.1`.
macro_rules! ent {
    ($id:literal) => {
        concat!("1.3.6.1.4.1.", $id)
    };
}
pub(crate) use ent;

/// How a module's devices are recognised.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Match {
    /// The sysObjectID is this or below it: below `1.3.6.1.4.1`, or whole with a leading dot.
    Below(&'static str),
    /// An object that only such devices have.
    Has(&'static str),
    /// One of the sysORIDs is this one.
    Implements(&'static str),
}

/// A part whose firmware has a version of its own.
#[derive(Clone, Copy)]
pub(crate) struct Firmware {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) version: Get,
}

type Extend = fn(&Device, &Identity, &mut Sections) -> Result<(), Gone>;

/// What a module knows of its maker's devices.
#[derive(Clone, Copy)]
pub(crate) struct Vendor {
    pub(crate) name_of_module: &'static str,
    pub(crate) matches: &'static [Match],
    /// Lower goes first.
    pub(crate) priority: u8,
    pub(crate) kind: Get,
    pub(crate) manufacturer: Get,
    pub(crate) model: Get,
    pub(crate) name: Get,
    pub(crate) serial: Get,
    pub(crate) firmware: Get,
    pub(crate) firmware_date: Get,
    pub(crate) mac: Get,
    pub(crate) ip: Get,
    /// What its functions look at, to be asked for with the rest.
    pub(crate) also: &'static [&'static str],
    pub(crate) firmwares: &'static [Firmware],
    /// Counters and other single numbers of `page_counters`: field and names, of which the first known one counts.
    pub(crate) counters: &'static [(&'static str, &'static [&'static str])],
    /// What else an inventory learns.
    pub(crate) extend: Option<Extend>,
}

/// A module that knows nothing: what the others are written from.
const NOTHING: Vendor = Vendor {
    name_of_module: "",
    matches: &[],
    priority: 10,
    kind: Get::Nothing,
    manufacturer: Get::Nothing,
    model: Get::Nothing,
    name: Get::Nothing,
    serial: Get::Nothing,
    firmware: Get::Nothing,
    firmware_date: Get::Nothing,
    mac: Get::Nothing,
    ip: Get::Nothing,
    also: &[],
    firmwares: &[],
    counters: &[],
    extend: None,
};

const NETWORKING: Get = Get::Fixed("NETWORKING");
const STORAGE: Get = Get::Fixed("STORAGE");

const FAMILIES: &[&[Vendor]] = &[
    cisco::VENDORS,
    firewalls::VENDORS,
    linux::VENDORS,
    network::VENDORS,
    others::VENDORS,
    power::VENDORS,
    printers::VENDORS,
    radio::VENDORS,
    servers::VENDORS,
    storage::VENDORS,
    switches::VENDORS,
];

impl std::fmt::Debug for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name_of_module)
    }
}

impl Vendor {
    fn facts(&self) -> [Get; 9] {
        [
            self.kind,
            self.manufacturer,
            self.model,
            self.name,
            self.serial,
            self.firmware,
            self.firmware_date,
            self.mac,
            self.ip,
        ]
    }
}

fn all() -> impl Iterator<Item = &'static Vendor> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// Objects by which devices are recognised, to be asked for with the first names.
pub(crate) fn probes() -> impl Iterator<Item = &'static str> {
    all().flat_map(|vendor| vendor.matches).filter_map(|matched| match matched {
        Match::Has(name) => Some(*name),
        _ => None,
    })
}

const IMPLEMENTED: &str = "1.3.6.1.2.1.1.9.1.2";

/// The modules that know this device, by priority.
pub(crate) fn of(device: &Device, identity: &Identity) -> Result<Vec<&'static Vendor>, Gone> {
    let wanted = |name: &str| {
        all().any(|vendor| vendor.matches.iter().any(|m| matches!(m, Match::Implements(id) if *id == name)))
    };
    let column = device.column(IMPLEMENTED)?;
    let implemented: Vec<&str> = Table::of(&column, IMPLEMENTED)
        .values()
        .filter_map(|value| match value {
            Syntax::Oid(id) if wanted(id) => Some(id.as_str()),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for vendor in all() {
        for matched in vendor.matches {
            let yes = match matched {
                Match::Below(id) => identity.is_below(id),
                Match::Implements(id) => implemented.contains(id),
                Match::Has(name) => device.value(name)?.is_some(),
            };
            if yes {
                found.push(vendor);
                break;
            }
        }
    }
    found.sort_by_key(|vendor| vendor.priority);
    Ok(found)
}

/// Asks at once for what the modules of this device will want to know.
pub(crate) fn ask(device: &Device, identity: &Identity) -> Result<(), Gone> {
    let names = identity.vendors.iter().flat_map(|vendor| vendor.facts()).flat_map(|get| get.names());
    device.ask(names.chain(identity.vendors.iter().flat_map(|vendor| vendor.also.iter().copied())))
}

/// What the first module that knows says.
pub(crate) fn first(device: &Device, identity: &Identity, which: impl Fn(&Vendor) -> Get) -> Said {
    for vendor in &identity.vendors {
        if let Some(said) = which(vendor).from(device, identity)? {
            return Ok(Some(said));
        }
    }
    Ok(None)
}

/// What an inventory learns beyond the standards' objects: firmwares, counters, components, corrections of ports.
pub fn extend(device: &Device, identity: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    let asked = identity.vendors.iter().flat_map(|vendor| {
        let firmwares = vendor.firmwares.iter().flat_map(|firmware| firmware.version.names());
        firmwares.chain(vendor.counters.iter().flat_map(|(_, names)| names.iter().copied()))
    });
    device.ask(asked)?;
    for vendor in &identity.vendors {
        for firmware in vendor.firmwares {
            let version = firmware.version.from(device, identity)?;
            let maker = identity.manufacturer.as_deref();
            sections.firmware(firmware.name, firmware.description, firmware.kind, version, maker);
        }
        for (field, names) in vendor.counters {
            for name in *names {
                if let Some(count) = device.value(name)?.as_ref().and_then(crate::value::count) {
                    sections.counted(field, Some(count));
                    break;
                }
            }
        }
        if let Some(extend) = vendor.extend {
            extend(device, identity, sections)?;
        }
    }
    Ok(())
}

/// A sysObjectID of each module that is recognised by one.
#[cfg(test)]
pub(crate) fn examples() -> impl Iterator<Item = String> {
    all().flat_map(|vendor| vendor.matches).filter_map(|matched| match matched {
        Match::Below(id) => Some(id.strip_prefix('.').map_or_else(|| format!("1.3.6.1.4.1.{id}.1"), str::to_owned)),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
