//! An inventory of one device: what it is, its ports and what is connected to them, its parts, what it has printed.
//!
//! A part that cannot be asked does not cost the others: it is noted, and the next one is asked; a device that does not
//! answer three times in a row is not asked again. Only a device that does not even say what it is has no inventory.

pub mod aggregates;
pub mod bridge;
pub mod components;
pub mod fibre;
pub mod load;
pub mod mac_table;
pub mod neighbours;
pub mod ports;
pub mod printer;
pub mod speeds;
pub mod trunks;
pub mod vlans;
pub mod volumes;

use crate::device::Device;
use crate::identify::{self, Identity};
use crate::sections::Sections;
use crate::vendors;
use crate::{Agent, Gone};
use airlock_model::{Row, Value};

/// How often in a row a device may leave a part unanswered.
const PATIENCE: u32 = 3;

/// Inventories a device. `address` is where it was asked; `kind` (`PRINTER`, …) goes before what it seems to be, and `id` is
/// what the server calls it: both are reported back.
pub fn inventory(agent: &dyn Agent, address: &str, kind: Option<&str>, id: Option<&str>) -> Result<Sections, Gone> {
    let device = Device::new(agent);
    let identity = identify::of(&device, address)?;
    let mut sections = Sections { device: row(&identity, kind, id), ..Sections::default() };
    own_firmware(&identity, &mut sections);
    let mut asked = Asked { sections, silent: 0 };
    asked.part("load", |sections| load::read(&device, &mut sections.device));
    asked.part("ports", |sections| {
        sections.ports = ports::read(&device)?;
        Ok(())
    });
    match asked.sections.device.text("type") {
        Some("NETWORKING") => {
            let juniper = identity.is_below("2636");
            asked.part("VLANs", |sections| vlans::read(&device, sections));
            asked.part("trunks", |sections| trunks::read(&device, &mut sections.ports));
            asked.part("neighbours", |sections| neighbours::read(&device, &mut sections.ports, juniper));
            asked.part("addresses seen", |sections| mac_table::read(&device, sections));
            asked.part("aggregates", |sections| aggregates::read(&device, &mut sections.ports));
            asked.part("components", |sections| {
                sections.components = components::read(&device)?;
                Ok(())
            });
        }
        Some("PRINTER") => {
            asked.part("supplies", |sections| printer::supplies::read(&device, sections));
            asked.part("page counters", |sections| printer::counters::read(&device, sections));
        }
        _ => {}
    }
    if let Some(module) = &identity.module {
        asked.part("fibre channel", |sections| fibre::read(&device, module, sections));
    }
    asked.part("what the maker's own objects say", |sections| vendors::extend(&device, &identity, sections));
    if asked.sections.device.text("type") == Some("STORAGE") {
        asked.part("volumes", |sections| volumes::read(&device, sections));
    }
    asked.sections.bound();
    Ok(asked.sections)
}

/// An inventory in the making, and how long its device has been silent.
struct Asked {
    sections: Sections,
    silent: u32,
}

impl Asked {
    fn part(&mut self, what: &str, read: impl FnOnce(&mut Sections) -> Result<(), Gone>) {
        if self.silent >= PATIENCE {
            self.sections.notes.push(format!("{what}: not asked, the device has not answered {PATIENCE} times"));
            return;
        }
        match read(&mut self.sections) {
            Ok(()) => self.silent = 0,
            Err(gone) => {
                self.silent += 1;
                self.sections.notes.push(format!("{what}: {gone}"));
            }
        }
    }
}

/// The row of `network_device`.
fn row(identity: &Identity, kind: Option<&str>, id: Option<&str>) -> Row {
    let mut info = Row::new();
    info.maybe("id", id)
        .maybe("type", kind.or(identity.kind.as_deref()))
        .maybe("name", identity.name.clone())
        .maybe("comments", identity.description.clone())
        .maybe("manufacturer", identity.manufacturer.clone())
        .maybe("model", identity.model.clone())
        .maybe("serial", identity.serial.clone())
        .maybe("firmware", identity.firmware.clone())
        .maybe("mac", identity.mac.clone())
        .maybe("location", identity.location.clone())
        .maybe("contact", identity.contact.clone())
        .maybe("uptime", identity.uptime.clone())
        .set("ips", Value::Texts(identity.ips.clone()));
    info
}

/// The firmware of the device as a whole.
fn own_firmware(identity: &Identity, sections: &mut Sections) {
    let name = identity.model.as_deref().unwrap_or("device");
    let maker = identity.manufacturer.as_deref();
    sections.firmware(name, "device firmware", "device", identity.firmware.clone(), maker);
    if let Some(row) = sections.firmwares.last_mut() {
        row.maybe("date", identity.firmware_date.clone());
    }
}

#[cfg(test)]
mod tests;
