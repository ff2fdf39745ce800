//! Firewalls and balancers.

use super::{Firmware, Get, Match, NETWORKING, NOTHING, Said, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::{Syntax, value};

pub(super) const VENDORS: &[Vendor] = &[
    // CHECKPOINT-MIB: svnInfo, osInfo, svnApplianceInfo.
    Vendor {
        name_of_module: "CheckPoint",
        matches: &[Match::Below("2620")],
        kind: NETWORKING,
        manufacturer: Get::Text(&[ent!("2620.1.6.16.9.0")]),
        model: Get::Text(&[ent!("2620.1.6.16.7.0")]),
        serial: Get::Serial(&[ent!("2620.1.6.16.3.0")]),
        firmware: Get::Text(&[ent!("2620.1.6.4.1.0"), ent!("2620.1.6.4.2.0")]),
        firmwares: CHECKPOINT,
        ..NOTHING
    },
    // NS-ROOT-MIB: nsIpAddress, sysHardwareSerialNumber.
    Vendor {
        name_of_module: "CitrixNetscaler",
        matches: &[Match::Below("5951")],
        ip: Get::Address(&[ent!("5951.4.1.1.2.0")]),
        serial: Get::Serial(&[ent!("5951.4.1.1.14.0")]),
        ..NOTHING
    },
    // RADLAN-DEVICEPARAMS-MIB: rndBrgVersion, rndBasePhysicalAddress, or a serial number in its place.
    Vendor {
        name_of_module: "DefencePro",
        matches: &[Match::Below("89")],
        model: Get::Text(&[ent!("89.2.14.0")]),
        serial: Get::By(radware_serial),
        firmware: Get::Text(&[ent!("89.2.4.0")]),
        mac: Get::By(radware_mac),
        also: &[RADWARE_BASE],
        ..NOTHING
    },
    // SONICWALL-COMMON-MIB: model, serial number, firmware, ROM.
    Vendor {
        name_of_module: "SonicWall",
        matches: &[Match::Below("8741")],
        manufacturer: Get::Fixed("SonicWall"),
        model: Get::Text(&[ent!("8741.2.1.1.1.0")]),
        serial: Get::Serial(&[ent!("8741.2.1.1.2.0")]),
        firmware: Get::Text(&[ent!("8741.2.1.1.3.0")]),
        firmwares: &[Firmware {
            name: "SonicOS",
            description: "SonicOS firmware",
            kind: "system",
            version: Get::Text(&[ent!("8741.2.1.1.3.0")]),
        }],
        ..NOTHING
    },
    // SFOS-FIREWALL-MIB: device type, firmware, appliance key, web categories, intrusion prevention.
    Vendor {
        name_of_module: "Sophos",
        matches: &[Match::Below("2604.5")],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Sophos"),
        model: Get::Text(&[ent!("2604.5.1.1.2.0")]),
        firmware: Get::Text(&[ent!("2604.5.1.1.3.0")]),
        serial: Get::Serial(&[ent!("2604.5.1.1.4.0")]),
        firmwares: &[
            Firmware {
                name: "Webcat",
                description: "Web categories",
                kind: "signatures",
                version: Get::Text(&[ent!("2604.5.1.1.5.0")]),
            },
            Firmware {
                name: "Snort",
                description: "Intrusion prevention rules",
                kind: "signatures",
                version: Get::Text(&[ent!("2604.5.1.1.6.0")]),
            },
        ],
        ..NOTHING
    },
];

const RADWARE_BASE: &str = ent!("89.2.12.0");

/// Six bytes are an address; anything else there is a serial number.
fn radware_mac(device: &Device, _: &Identity) -> Said {
    Ok(match device.value(RADWARE_BASE)? {
        Some(Syntax::Octets(bytes)) if bytes.len() == 6 => value::mac_of_bytes(&bytes),
        _ => None,
    })
}

fn radware_serial(device: &Device, identity: &Identity) -> Said {
    match radware_mac(device, identity)? {
        Some(mac) => Ok(Some(mac.replace(':', ""))),
        None => device.serial(RADWARE_BASE),
    }
}

/// Firmware of appliances that run this system, whichever way they were recognised.
pub(super) const CHECKPOINT: &[Firmware] = &[
    Firmware {
        name: "SVN version",
        description: "Version of the SVN foundation",
        kind: "system",
        version: Get::Text(&[ent!("2620.1.6.4.1.0")]),
    },
    Firmware {
        name: "OS version",
        description: "Build of the operating system",
        kind: "system",
        version: Get::Text(&[ent!("2620.1.6.5.4.0"), ent!("2620.1.6.5.2.0")]),
    },
];
