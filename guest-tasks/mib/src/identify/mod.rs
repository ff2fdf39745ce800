//! What a device is: maker, type, model, names, addresses, serial number, firmware.
//!
//! The order is the field's: the owner's database by sysObjectID, what the device says of itself, what its maker's own
//! objects say, then the standard ones. A usual device is identified in two or three round trips: one GET with all the
//! names that matter for most, one look at the beginnings of columns, one GET for what its maker keeps elsewhere.

mod address;
mod first_word;
mod kind;
mod label;
mod makers;
mod model;
mod serial;
mod sysobject;

use crate::device::Device;
use crate::vendors::{self, Vendor};
use crate::{Agent, Gone, value};
use airlock_model::Row;

/// The system group and other single objects that matter for most devices (RFC 3418, RFC 4188, RFC 3805, RFC 2790).
mod names {
    pub(super) const DESCRIPTION: &str = "1.3.6.1.2.1.1.1.0";
    pub(super) const OBJECT_ID: &str = "1.3.6.1.2.1.1.2.0";
    pub(super) const UPTIME: &str = "1.3.6.1.2.1.1.3.0";
    pub(super) const CONTACT: &str = "1.3.6.1.2.1.1.4.0";
    pub(super) const NAME: &str = "1.3.6.1.2.1.1.5.0";
    pub(super) const LOCATION: &str = "1.3.6.1.2.1.1.6.0";
    pub(super) const BRIDGE: &str = "1.3.6.1.2.1.17.1.1.0";
    pub(super) const SUPPLY: &str = "1.3.6.1.2.1.43.11.1.1.6.1.1";
    pub(super) const DEVICE: &str = "1.3.6.1.2.1.25.3.2.1.3.1";
    pub(super) const PRINTER_MAKER: &str = "1.3.6.1.2.1.43.8.2.1.14.1.1";
    pub(super) const PRINTER_NAME: &str = "1.3.6.1.4.1.2699.1.2.1.2.1.1.2.1";
    pub(super) const UPS_MODEL: &str = "1.3.6.1.2.1.33.1.1.5.0";
    /// Asked for together, first of all.
    pub(super) const FIRST: &[&str] = &[
        DESCRIPTION,
        OBJECT_ID,
        UPTIME,
        CONTACT,
        NAME,
        LOCATION,
        BRIDGE,
        SUPPLY,
        DEVICE,
        PRINTER_MAKER,
        PRINTER_NAME,
        UPS_MODEL,
    ];
    pub(super) const ENTITY_FIRMWARE: &str = "1.3.6.1.2.1.47.1.1.1.1.9";
    pub(super) const ENTITY_SOFTWARE: &str = "1.3.6.1.2.1.47.1.1.1.1.10";
    pub(super) const ENTITY_SERIAL: &str = "1.3.6.1.2.1.47.1.1.1.1.11";
    pub(super) const ENTITY_MODEL: &str = "1.3.6.1.2.1.47.1.1.1.1.13";
    pub(super) const PRINTER_SERIAL: &str = "1.3.6.1.2.1.43.5.1.1.17";
    pub(super) const ADDRESSES: &str = "1.3.6.1.2.1.4.20.1.1";
    pub(super) const ADDRESS_INTERFACES: &str = "1.3.6.1.2.1.4.20.1.2";
    pub(super) const OBJECTS_IMPLEMENTED: &str = "1.3.6.1.2.1.1.9.1.2";
    pub(super) const PHYSICAL: &str = "1.3.6.1.2.1.2.2.1.6";
    /// Columns of which the beginning is looked at, together.
    pub(super) const COLUMNS: &[&str] = &[
        ENTITY_FIRMWARE,
        ENTITY_SOFTWARE,
        ENTITY_SERIAL,
        ENTITY_MODEL,
        PRINTER_SERIAL,
        ADDRESSES,
        ADDRESS_INTERFACES,
        OBJECTS_IMPLEMENTED,
        PHYSICAL,
    ];
}

/// What is known of a device. Types are in the words of the wire: `NETWORKING`, `PRINTER`, …
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// Dotted, no leading dot.
    pub sysobjectid: Option<String>,
    pub description: Option<String>,
    pub kind: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub firmware: Option<String>,
    pub firmware_date: Option<String>,
    pub name: Option<String>,
    pub location: Option<String>,
    pub contact: Option<String>,
    pub uptime: Option<String>,
    pub mac: Option<String>,
    /// Sorted as texts.
    pub ips: Vec<String>,
    /// The extension that the owner's database names.
    pub module: Option<String>,
    pub(crate) vendors: Vec<&'static Vendor>,
}

/// Identifies a device; `address` is the one it was asked at.
pub fn identify(agent: &dyn Agent, address: &str) -> Result<Identity, Gone> {
    of(&Device::new(agent), address)
}

/// The same, of a device that is asked for more afterwards.
pub fn of(device: &Device, address: &str) -> Result<Identity, Gone> {
    device.ask(names::FIRST.iter().copied().chain(vendors::probes()))?;
    device.look(names::COLUMNS)?;
    device.complete(&[names::ADDRESSES, names::ADDRESS_INTERFACES, names::OBJECTS_IMPLEMENTED])?;
    let mut identity = Identity { description: description(device)?, ..Identity::default() };
    if let Some(crate::Syntax::Oid(id)) = device.value(names::OBJECT_ID)? {
        identity.sysobjectid = Some(id);
    }
    identity.uptime = device.text(names::UPTIME)?;
    let entry = identity.sysobjectid.as_deref().and_then(|id| sysobject::find(device, id)).unwrap_or_default();
    (identity.manufacturer, identity.kind, identity.model) = (entry.vendor, entry.kind, entry.model);
    identity.module = entry.module;
    kind::by_description(&mut identity);
    identity.vendors = vendors::of(device, &identity)?;
    vendors::ask(device, &identity)?;
    kind::settle(device, &mut identity)?;
    model::settle(device, &mut identity)?;
    label::settle(device, &mut identity)?;
    identity.mac = address::mac(device, &identity, address)?;
    identity.serial = serial::serial(device, &identity)?;
    (identity.firmware, identity.firmware_date) = serial::firmware(device, &identity)?;
    identity.ips = address::ips(device, &identity)?;
    Ok(identity)
}

/// What a discovery reports of a device: a row of `discovered_device`.
pub fn discover(agent: &dyn Agent, address: &str) -> Result<Row, Gone> {
    Ok(identify(agent, address)?.discovered())
}

impl Identity {
    /// As a row of `discovered_device`.
    pub fn discovered(&self) -> Row {
        let mut row = Row::new();
        row.maybe("snmphostname", self.name.clone())
            .maybe("description", self.description.clone())
            .maybe("type", self.kind.clone())
            .maybe("manufacturer", self.manufacturer.clone())
            .maybe("model", self.model.clone())
            .maybe("serial", self.serial.clone())
            .maybe("firmware", self.firmware.clone())
            .maybe("mac", self.mac.clone())
            .maybe("location", self.location.clone())
            .maybe("contact", self.contact.clone())
            .maybe("uptime", self.uptime.clone());
        if !self.ips.is_empty() {
            row.set("ips", airlock_model::Value::Texts(self.ips.clone()));
        }
        row
    }

    /// True where the sysObjectID is this one or below it; `id` is below `1.3.6.1.4.1`, or whole with a leading dot.
    pub fn is_below(&self, id: &str) -> bool {
        let Some(own) = self.sysobjectid.as_deref() else { return false };
        let (own, id) = match id.strip_prefix('.') {
            Some(whole) => (Some(own), whole.trim_end_matches('.')),
            None => (own.strip_prefix("1.3.6.1.4.1."), id.trim_end_matches('.')),
        };
        own.and_then(|own| own.strip_prefix(id)).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// What follows `start` in the description, up to white space or one of `,;)`.
    pub fn said_after(&self, start: &str) -> Option<String> {
        let (_, rest) = self.description.as_deref()?.split_once(start)?;
        let word = rest.trim_start().split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')')).next()?;
        (!word.is_empty()).then(|| word.to_owned())
    }
}

/// What the device says of itself, with the blanks that it begins with: they belong to how its lines stand.
fn description(device: &Device) -> Result<Option<String>, Gone> {
    Ok(match device.value(names::DESCRIPTION)? {
        Some(crate::Syntax::Octets(bytes)) => value::lines(&bytes),
        other => other.as_ref().and_then(value::text),
    })
}

/// A one-line text of an object.
fn line(device: &Device, name: &str) -> Result<Option<String>, Gone> {
    Ok(device.text(name)?.map(|text| value::collapsed(&text)).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests;
