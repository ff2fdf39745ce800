//! Management controllers of servers, thin clients, appliances on FreeBSD.

use super::{Get, Match, NETWORKING, NOTHING, Said, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::sections::{Port, Sections};
use crate::{Gone, Table, value};
use airlock_model::{Row, Value};

pub(super) const VENDORS: &[Vendor] = &[
    // IDRAC-MIB: the service tag.
    Vendor {
        name_of_module: "Idrac",
        matches: &[Match::Below("674.10892")],
        serial: Get::Serial(&[ent!("674.10892.2.1.1.11.0"), ent!("674.10892.5.1.3.2.0")]),
        ..NOTHING
    },
    // CPQSM2-MIB: the controller's ROM, its serial number, its own network card.
    Vendor {
        name_of_module: "iLO",
        matches: &[Match::Below("232.9.4")],
        serial: Get::Serial(&[ent!("232.9.2.2.15.0"), ent!("232.2.2.2.1.0")]),
        firmware: Get::Text(&[ent!("232.9.2.2.2.0")]),
        firmware_date: Get::By(ilo_date),
        mac: Get::By(ilo_mac),
        ip: Get::By(ilo_ip),
        also: &[ent!("232.9.2.2.1.0")],
        extend: Some(ilo_port),
        ..NOTHING
    },
    Vendor {
        name_of_module: "WyseThinOS",
        matches: &[Match::Below("714.1.2")],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Dell"),
        model: Get::By(wyse_model),
        ..NOTHING
    },
    // STORMSHIELD-PROPERTY-MIB: model, version, serial number, name.
    Vendor {
        name_of_module: "FreeBSD",
        matches: &[Match::Below("8072.3.2.8")],
        kind: Get::By(stormshield_kind),
        manufacturer: Get::By(stormshield_maker),
        model: Get::Text(&[ent!("11256.1.0.1.0")]),
        firmware: Get::Text(&[ent!("11256.1.0.2.0")]),
        serial: Get::Serial(&[ent!("11256.1.0.3.0")]),
        name: Get::Text(&[ent!("11256.1.0.4.0")]),
        ..NOTHING
    },
];

const ILO_LOCATION: &str = ent!("232.9.2.5.1.1.3");
const ILO_MAC: &str = ent!("232.9.2.5.1.1.4");
const ILO_ADDRESS: &str = ent!("232.9.2.5.1.1.5");

/// `12/31/2024`, month first, as a date.
fn ilo_date(device: &Device, _: &Identity) -> Said {
    let said = device.text(ent!("232.9.2.2.1.0"))?.unwrap_or_default();
    Ok(match said.split('/').collect::<Vec<&str>>().as_slice() {
        [month, day, year] => Some(format!("{year}-{month:0>2}-{day:0>2}")),
        _ => None,
    })
}

fn ilo_mac(device: &Device, _: &Identity) -> Said {
    device.first(ILO_MAC, value::mac)
}

fn ilo_ip(device: &Device, _: &Identity) -> Said {
    device.first(ILO_ADDRESS, |said| value::address(said).filter(|address| address != "0.0.0.0"))
}

/// A controller has no table of interfaces: its one card is a port.
fn ilo_port(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    if !sections.ports.is_empty() {
        return Ok(());
    }
    device.walk(&[ILO_LOCATION, ILO_MAC, ILO_ADDRESS])?;
    let (macs, addresses) = (device.column(ILO_MAC)?, device.column(ILO_ADDRESS)?);
    let addresses = Table::of(&addresses, ILO_ADDRESS);
    let card = |said: (&crate::Suffix, &crate::Syntax)| Some((said.0.clone(), value::mac(said.1)?));
    let Some((index, mac)) = Table::of(&macs, ILO_MAC).iter().find_map(card) else { return Ok(()) };
    let mut row = Row::new().with("ifdescr", "iLO").with("ifname", "iLO").with("mac", mac);
    if let Some(address) = addresses.get(&index).and_then(value::address) {
        row.set("ip", address.clone()).set("ips", Value::Texts(vec![address]));
    }
    sections.ports.insert(1, Port { row, ..Port::default() });
    Ok(())
}

/// `Wyse Invented client ThinOS 9.0` …: the model stands in the description.
fn wyse_model(_: &Device, identity: &Identity) -> Said {
    let said = identity.description.as_deref().unwrap_or_default();
    let model = said.split([',', ';']).next().map(str::trim).filter(|model| !model.is_empty());
    Ok(model.map(str::to_owned))
}

fn is_stormshield(device: &Device) -> Result<bool, Gone> {
    Ok(device.text(ent!("11256.1.0.1.0"))?.is_some())
}

fn stormshield_kind(device: &Device, _: &Identity) -> Said {
    Ok(is_stormshield(device)?.then(|| "NETWORKING".to_owned()))
}

fn stormshield_maker(device: &Device, _: &Identity) -> Said {
    Ok(is_stormshield(device)?.then(|| "StormShield".to_owned()))
}
