//! Modem routers.

use super::{Firmware, Get, Match, NETWORKING, NOTHING, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::{Gone, value};
use airlock_model::Row;

pub(super) const VENDORS: &[Vendor] = &[
    // SARIAN-MONITOR-MIB: the system, its modem, the card in it.
    Vendor {
        name_of_module: "Digi",
        matches: &[Match::Implements(ent!("16378.10000"))],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Digi"),
        serial: Get::Serial(&[ent!("16378.10000.3.15.0")]),
        firmware: Get::Text(&[ent!("16378.10000.3.16.0")]),
        also: &[DIGI_SYSTEM, DIGI_MODEM, DIGI_TECHNOLOGY, DIGI_CARD, DIGI_SUBSCRIBER],
        firmwares: &[Firmware {
            name: "Digi modem",
            description: "Modem firmware",
            kind: "modem",
            version: Get::Text(&[ent!("16378.10000.3.20.0")]),
        }],
        extend: Some(digi_modem),
        ..NOTHING
    },
    Vendor {
        name_of_module: "Multitech",
        matches: &[Match::Has(ent!("995.15.1.1.1.0"))],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Multitech"),
        model: Get::Text(&[ent!("995.15.1.1.1.0")]),
        serial: Get::Serial(&[ent!("995.15.1.1.2.0")]),
        firmware: Get::Text(&[ent!("995.15.1.1.3.0")]),
        ..NOTHING
    },
];

const DIGI_SYSTEM: &str = ent!("16378.10000.3.14.0");
const DIGI_MODEM: &str = ent!("16378.10000.3.19.0");
const DIGI_TECHNOLOGY: &str = ent!("16378.10000.2.7.0");
const DIGI_CARD: &str = ent!("16378.10000.2.20.0");
const DIGI_SUBSCRIBER: &str = ent!("16378.10000.2.21.0");
/// How the modem reaches its network, from 2 on; 1 is not known.
const DIGI_TECHNOLOGIES: &[&str] = &["GPRS", "EDGE", "UMTS", "HSDPA", "HSUPA", "HSPA", "LTE"];

/// The modem, and the card in it, where the router says that it has them.
fn digi_modem(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    let line = |name: &str| -> Result<Option<String>, Gone> {
        Ok(device.text(name)?.map(|text| value::collapsed(&text)).filter(|text| !text.is_empty()))
    };
    if let Some(model) = line(DIGI_MODEM)? {
        let technology = device.integer(DIGI_TECHNOLOGY)?.and_then(|number| usize::try_from(number).ok());
        let technology = technology.and_then(|number| DIGI_TECHNOLOGIES.get(number.checked_sub(2)?));
        let mut modem = Row::new().with("name", "Digi modem").with("manufacturer", "Digi").with("model", model);
        modem.maybe("description", line(DIGI_SYSTEM)?).maybe("type", technology.copied());
        sections.modems.push(modem);
    }
    let mut card = Row::new();
    card.maybe("iccid", line(DIGI_CARD)?).maybe("subscriber_id", line(DIGI_SUBSCRIBER)?);
    if !card.is_empty() {
        sections.simcards.push(card);
    }
    Ok(())
}
