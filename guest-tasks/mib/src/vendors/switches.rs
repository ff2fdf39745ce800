//! Switches.

use super::{Firmware, Get, Match, NETWORKING, NOTHING, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::{Gone, value};

pub(crate) mod force10;

pub(super) const VENDORS: &[Vendor] = &[
    // FOUNDRY-SN-AGENT-MIB: snChasSerNum, snAgImgVer.
    Vendor {
        name_of_module: "Brocade",
        matches: &[Match::Below("1991")],
        serial: Get::Serial(&[ent!("1991.1.1.1.1.2.0")]),
        firmware: Get::Text(&[ent!("1991.1.1.2.1.11.0")]),
        ..NOTHING
    },
    // DELL-VENDOR-MIB, productIdentification; DELLEMC-OS10-CHASSIS-MIB.
    Vendor {
        name_of_module: "Dell",
        matches: &[Match::Implements(ent!("674.10895.3000")), Match::Below("674.11000.5000.100.2")],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Dell"),
        model: Get::Text(&[ent!("674.10895.3000.1.2.100.1.0"), ent!("674.11000.5000.100.4.1.1.3.1.4.1")]),
        firmware: Get::Text(&[ent!("674.10895.3000.1.2.100.4.0")]),
        serial: Get::Serial(&[ent!("674.10895.3000.1.2.100.8.1.2.1"), ent!("674.11000.5000.100.4.1.1.3.1.7.1")]),
        mac: Get::Mac(&[ent!("674.11000.5000.100.4.1.1.3.1.3.1")]),
        extend: Some(dell_tag),
        ..NOTHING
    },
    Vendor {
        name_of_module: "Force10S",
        matches: &[Match::Below("6027.1.3")],
        extend: Some(force10::stack),
        ..NOTHING
    },
    // SEMI-MIB, hpHttpManageable: version, ROM, serial number.
    Vendor {
        name_of_module: "HPHttpManagement",
        matches: &[Match::Below("11.2.3.7.11")],
        firmware: Get::Text(&[ent!("11.2.36.1.1.2.6.0")]),
        serial: Get::Serial(&[ent!("11.2.36.1.1.2.9.0")]),
        firmwares: &[Firmware {
            name: "HP-HttpMg-Version",
            description: "HP Web Management Software version",
            kind: "system",
            version: Get::Text(&[ent!("11.2.36.1.1.2.6.0")]),
        }],
        ..NOTHING
    },
    Vendor { name_of_module: "Voltaire", matches: &[Match::Below("5206")], kind: NETWORKING, ..NOTHING },
    // ZYXEL-ES-COMMON: zySysMgmt.
    Vendor {
        name_of_module: "Zyxel",
        matches: &[Match::Below("890.1.15")],
        priority: 5,
        firmware: Get::Text(&[ent!("890.1.15.3.1.6.0")]),
        model: Get::Text(&[ent!("890.1.15.3.1.11.0")]),
        serial: Get::Serial(&[ent!("890.1.15.3.1.12.0")]),
        ..NOTHING
    },
];

/// productIdentificationAssetTag of the first unit.
fn dell_tag(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    let tag = device.value(ent!("674.10895.3000.1.2.100.8.1.3.1"))?.as_ref().and_then(value::text);
    sections.device.maybe("assettag", tag.filter(|tag| !tag.eq_ignore_ascii_case("none")));
    Ok(())
}
