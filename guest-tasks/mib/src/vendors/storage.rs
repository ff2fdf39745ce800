//! Storage servers.

use super::{Get, Match, NOTHING, STORAGE, Vendor, ent};
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
    Vendor {
        name_of_module: "Panasas",
        matches: &[Match::Below("10159.1.3.0")],
        kind: STORAGE,
        manufacturer: Get::Fixed("Panasas"),
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
