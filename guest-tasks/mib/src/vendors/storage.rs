//! Storage servers.

use super::{Get, Match, NOTHING, STORAGE, Said, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::{Gone, Suffix, Table, value};
use airlock_model::Row;

pub(super) const VENDORS: &[Vendor] = &[
    Vendor {
        name_of_module: "Infortrend",
        matches: &[Match::Below("1714.1.1")],
        kind: STORAGE,
        manufacturer: Get::Fixed("Infortrend"),
        extend: Some(infortrend_disks),
        ..NOTHING
    },
    // PANASAS-SYSTEM-MIB: the cluster, and the director blades that speak for it.
    Vendor {
        name_of_module: "Panasas",
        matches: &[Match::Below("10159.1.3.0")],
        kind: STORAGE,
        manufacturer: Get::Fixed("Panasas"),
        name: Get::Text(&[ent!("10159.1.3.2.1.1.0")]),
        serial: Get::By(panasas_blade),
        also: &[PANASAS_ADDRESS],
        ..NOTHING
    },
    // NAS-MIB, systemInfo: model, host name, firmware.
    Vendor {
        name_of_module: "Qnap",
        matches: &[Match::Below("24681"), Match::Has(ent!("24681.2.2.12.0"))],
        priority: 5,
        kind: STORAGE,
        manufacturer: Get::Fixed("Qnap"),
        model: Get::Text(&[ent!("24681.1.4.1.1.1.1.1.2.1.3.1"), ent!("24681.1.2.12.0"), ent!("24681.2.2.12.0")]),
        serial: Get::Serial(&[ent!("24681.1.4.1.1.1.1.1.2.1.4.1")]),
        ..NOTHING
    },
];

const PANASAS_ADDRESS: &str = ent!("10159.1.3.2.1.2.0");

/// The serial number of the blade whose address is one of the device's own, else the one at which the cluster is managed.
fn panasas_blade(device: &Device, _: &Identity) -> Said {
    const ADDRESS: &str = ent!("10159.1.3.2.1.3.1.2");
    const SERIAL: &str = ent!("10159.1.3.2.1.3.1.3");
    const OWN: &str = "1.3.6.1.2.1.4.20.1.1";
    device.walk(&[ADDRESS, SERIAL])?;
    let (addresses, serials, own) = (device.column(ADDRESS)?, device.column(SERIAL)?, device.column(OWN)?);
    let own: Vec<String> = Table::of(&own, OWN).values().filter_map(value::address).collect();
    let managed = device.value(PANASAS_ADDRESS)?.as_ref().and_then(value::address);
    let addresses = Table::of(&addresses, ADDRESS);
    let blade = |wanted: &dyn Fn(&String) -> bool| {
        addresses
            .iter()
            .find(|(_, said)| value::address(said).is_some_and(|said| wanted(&said)))
            .map(|(index, _)| index)
    };
    let index = blade(&|said| own.contains(said)).or_else(|| blade(&|said| managed.as_ref() == Some(said)));
    Ok(index.and_then(|index| Table::of(&serials, SERIAL).get(index).and_then(value::serial)))
}

/// Disks, one row each (hddTable).
fn infortrend_disks(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    const BLOCKS: &str = ent!("1714.1.1.6.1.7");
    const BLOCK_SIZE: &str = ent!("1714.1.1.6.1.8");
    const SLOT: &str = ent!("1714.1.1.6.1.13");
    const MODEL: &str = ent!("1714.1.1.6.1.15");
    const FIRMWARE: &str = ent!("1714.1.1.6.1.16");
    const SERIAL: &str = ent!("1714.1.1.6.1.17");
    device.walk(&[BLOCKS, BLOCK_SIZE, SLOT, MODEL, FIRMWARE, SERIAL])?;
    let (models, blocks, sizes) = (device.column(MODEL)?, device.column(BLOCKS)?, device.column(BLOCK_SIZE)?);
    let (slots, firmwares, serials) = (device.column(SLOT)?, device.column(FIRMWARE)?, device.column(SERIAL)?);
    let (blocks, sizes) = (Table::of(&blocks, BLOCKS), Table::of(&sizes, BLOCK_SIZE));
    let (slots, firmwares, serials) =
        (Table::of(&slots, SLOT), Table::of(&firmwares, FIRMWARE), Table::of(&serials, SERIAL));
    for (index, model) in Table::of(&models, MODEL).iter() {
        let Some(model) = value::text(model) else { continue };
        // The size is in blocks, whose own size is a power of two.
        let size = |index: &Suffix| {
            let power = u32::try_from(sizes.get(index).and_then(value::count)?).ok()?;
            let block = 1_i64.checked_shl(power)?;
            blocks.get(index).and_then(value::count)?.checked_mul(block).map(|bytes| bytes / 1_000_000)
        };
        let mut row = Row::new().with("model", value::collapsed(&model)).with("type", "disk");
        row.maybe("name", slots.get(index).and_then(value::text))
            .maybe("disksize", size(index))
            .maybe("firmware", firmwares.get(index).and_then(value::text))
            .maybe("serial", serials.get(index).and_then(value::serial));
        sections.storages.push(row);
    }
    Ok(())
}
