//! Wireless access points and their controllers.

use super::{Firmware, Get, Match, NETWORKING, NOTHING, Said, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::{Gone, Table, value};
use std::collections::BTreeMap;

pub(super) const VENDORS: &[Vendor] = &[
    // AH-SYSTEM-MIB: serial number, platform, version.
    Vendor {
        name_of_module: "Aerohive",
        matches: &[Match::Below("26928")],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Aerohive Networks"),
        model: Get::Text(&[ent!("26928.1.2.6.0")]),
        serial: Get::Serial(&[ent!("26928.1.2.5.0")]),
        firmware: Get::Text(&[ent!("26928.1.2.12.0")]),
        mac: Get::Mac(&[ent!("26928.1.3.2.0")]),
        ..NOTHING
    },
    // AI-AP-MIB: aiVirtualControllerVersion, aiAPSerialNum, aiAPModel, aiWlanESSID.
    Vendor {
        name_of_module: "Aruba",
        matches: &[Match::Below("14823")],
        firmware: Get::Text(&[ent!("14823.2.3.3.1.1.4.0")]),
        serial: Get::By(aruba_serial),
        model: Get::By(aruba_model),
        extend: Some(aruba_networks),
        ..NOTHING
    },
    Vendor {
        name_of_module: "Intelbras",
        matches: &[Match::Implements(ent!("1004849.2.1"))],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Intelbras"),
        ..NOTHING
    },
    // MIKROTIK-MIB: mtxrLicVersion, mtxrSerialNumber, mtxrFirmwareVersion; the model stands in sysDescr.
    Vendor {
        name_of_module: "Mikrotik",
        matches: &[Match::Below("14988.1")],
        firmware: Get::Text(&[ent!("14988.1.1.4.4.0")]),
        serial: Get::Serial(&[ent!("14988.1.1.7.3.0")]),
        model: Get::By(mikrotik_model),
        firmwares: &[Firmware {
            name: "RouterBOOT",
            description: "Boot firmware",
            kind: "bios",
            version: Get::Text(&[ent!("14988.1.1.7.4.0")]),
        }],
        ..NOTHING
    },
    // RUCKUS-HWINFO-MIB, RUCKUS-SWINFO-MIB, RUCKUS-ZD-SYSTEM-MIB.
    Vendor {
        name_of_module: "Ruckus",
        matches: &[Match::Below("25053.3")],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Ruckus"),
        model: Get::Text(&[ent!("25053.1.1.2.1.1.1.1.0"), ent!("25053.1.2.1.1.1.1.9.0")]),
        serial: Get::Serial(&[ent!("25053.1.1.2.1.1.1.2.0"), ent!("25053.1.2.1.1.1.1.15.0")]),
        firmware: Get::Text(&[ent!("25053.1.1.3.1.1.1.1.1.3.1"), ent!("25053.1.2.1.1.1.1.18.0")]),
        ..NOTHING
    },
    // UBNT-AirMAX-MIB, UBNT-UniFi-MIB.
    Vendor {
        name_of_module: "Ubnt",
        matches: &[Match::Below("41112"), Match::Implements(ent!("41112"))],
        manufacturer: Get::Fixed("Ubiquiti"),
        mac: Get::By(ubiquiti_mac),
        serial: Get::By(ubiquiti_serial),
        model: Get::Text(&[ent!("41112.1.6.3.3.0")]),
        firmware: Get::Text(&[ent!("41112.1.6.3.6.0")]),
        also: &[UBIQUITI_MAC],
        extend: Some(ubiquiti_networks),
        ..NOTHING
    },
];

const ARUBA_SERIAL: &str = ent!("14823.2.3.3.1.2.1.1.4");
const ARUBA_MODEL: &str = ent!("14823.2.3.3.1.2.1.1.6");

/// A row of the table of access points: the device's own by its hardware address, else the only one.
fn aruba_row(device: &Device, root: &str) -> Said {
    let column = device.column(root)?;
    let rows = Table::of(&column, root);
    let own = device.value("1.3.6.1.2.1.2.2.1.6.1")?;
    let own = own.as_ref().and_then(value::mac);
    let of_own = rows.iter().find(|(suffix, _)| {
        let mac = suffix.last_bytes(6).as_deref().and_then(value::mac_of_bytes);
        mac.is_some() && mac == own
    });
    let found = of_own.map(|(_, value)| value).or_else(|| rows.values().next().filter(|_| rows.len() == 1));
    Ok(found.and_then(value::text))
}

fn aruba_serial(device: &Device, _: &Identity) -> Said {
    aruba_row(device, ARUBA_SERIAL)
}

/// By the table of access points, else as the description has it: `ArubaOS (MODEL: 7210), Version …`.
fn aruba_model(device: &Device, identity: &Identity) -> Said {
    Ok(match aruba_row(device, ARUBA_MODEL)? {
        Some(model) => Some(model),
        // Access points are called by a number alone.
        None => identity.said_after("(MODEL:").map(|model| match model.starts_with(|c: char| c.is_ascii_digit()) {
            true => format!("AP {model}"),
            false => model,
        }),
    })
}

/// Radios of an instant access point carry the name of their wireless network.
fn aruba_networks(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    const SSID: &str = ent!("14823.2.3.3.1.1.7.1.2");
    let column = device.column(SSID)?;
    let networks: Vec<String> = Table::of(&column, SSID).values().filter_map(value::text).collect();
    if networks.is_empty() {
        return Ok(());
    }
    let names = networks.join(", ");
    for row in sections.ports.values_mut().map(|port| &mut port.row) {
        let is_radio = row.text("ifdescr").is_some_and(|name| name.starts_with("radio") || name.starts_with("wifi"));
        if is_radio {
            row.otherwise("ifalias", Some(names.clone()));
        }
    }
    Ok(())
}

/// `RouterOS CRS999-8P`: what follows the name of the system.
fn mikrotik_model(_: &Device, identity: &Identity) -> Said {
    let said = identity.description.as_deref().unwrap_or_default();
    let model = said.strip_prefix("RouterOS").or_else(|| said.strip_prefix("router")).map(value::collapsed);
    Ok(model.filter(|model| !model.is_empty()))
}

/// ubntWlStatApMac of the first radio.
const UBIQUITI_MAC: &str = ent!("41112.1.4.5.1.4.1");

/// The address of the radio; UniFi and EdgeMax devices keep none there and have that of their first interface.
fn ubiquiti_mac(device: &Device, _: &Identity) -> Said {
    match device.mac(UBIQUITI_MAC)? {
        Some(mac) => Ok(Some(mac)),
        None => device.first("1.3.6.1.2.1.2.2.1.6", value::mac),
    }
}

/// These devices have no number but their address.
fn ubiquiti_serial(device: &Device, identity: &Identity) -> Said {
    Ok(ubiquiti_mac(device, identity)?.map(|mac| mac.replace(':', "")))
}

/// Wireless networks by the name of their interface: those ports are radios (ifType 71, ieee80211).
fn ubiquiti_networks(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    const SSID: &str = ent!("41112.1.6.1.2.1.6");
    const INTERFACE: &str = ent!("41112.1.6.1.2.1.7");
    const AIRMAX_SSID: &str = ent!("41112.1.4.5.1.2");
    device.walk(&[SSID, INTERFACE, AIRMAX_SSID])?;
    let (ssids, interfaces) = (device.column(SSID)?, device.column(INTERFACE)?);
    let ssids = Table::of(&ssids, SSID);
    let mut networks: BTreeMap<String, String> = BTreeMap::new();
    for (suffix, interface) in Table::of(&interfaces, INTERFACE).iter() {
        if let (Some(interface), Some(ssid)) = (value::text(interface), ssids.get(suffix).and_then(value::text)) {
            networks.insert(interface, ssid);
        }
    }
    if let Some(ssid) = device.first_text(AIRMAX_SSID)? {
        networks.entry("ath0".to_owned()).or_insert(ssid);
    }
    for row in sections.ports.values_mut().map(|port| &mut port.row) {
        let name = row.text("ifname").or_else(|| row.text("ifdescr")).unwrap_or_default();
        if let Some(ssid) = networks.get(name).cloned() {
            row.set("ifalias", ssid).set("iftype", 71_i64);
        }
    }
    Ok(())
}
