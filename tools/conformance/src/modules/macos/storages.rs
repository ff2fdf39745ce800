//! Disks and drives.

use super::plist;
use crate::case::{Answer, Question};
use crate::manufacturer::canonical;
use airlock_facts::macos::storage::{self, Disk};
use anyhow::bail;
use serde_json::{Value, json};

pub(super) fn answer(question: &Question) -> Answer {
    let report = plist(question)?;
    let disks = match question.kind.as_str() {
        "get serial ATA storages" => storage::serial_ata(&report),
        "get disc burning storages" => storage::disc_burning(&report),
        "get card reader storages" => storage::card_reader(&report),
        "get USB storages" => storage::usb(&report),
        "get fire wire storages" => storage::fire_wire(&report),
        other => bail!("{other}: not a report of ours"),
    };
    Ok(disks.iter().map(row).collect())
}

fn row(disk: &Disk) -> Value {
    // Where the report names no maker, the model does, and is not told twice.
    let maker = disk.maker.as_deref().or(disk.model.as_deref()).map(canonical);
    let model = match (&disk.model, &maker) {
        (Some(model), Some(maker)) if disk.maker.is_none() => {
            Some(model.get(..maker.len()).filter(|start| start.eq_ignore_ascii_case(maker)).map_or_else(
                || model.clone(),
                |start| model.strip_prefix(start).unwrap_or_default().trim_start().to_owned(),
            ))
        }
        (model, _) => model.clone(),
    };
    json!({
        "NAME": disk.name(),
        "DESCRIPTION": disk.title,
        "MODEL": model,
        "MANUFACTURER": maker,
        "SERIAL": disk.serial,
        "FIRMWARE": disk.firmware,
        "INTERFACE": disk.interface,
        "TYPE": disk.kind,
        "DISKSIZE": disk.size.map(|size| megabytes(size.bytes, size.rounded)),
    })
}

/// In units of 2²⁰ bytes: whole ones of a size that was counted, with two digits behind the point of a rounded one.
fn megabytes(bytes: u64, rounded: bool) -> Value {
    if !rounded {
        return json!(bytes >> 20);
    }
    let hundredths = (bytes.saturating_mul(100) + (1 << 19)) >> 20;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let text = format!("{whole}.{part:02}");
    json!(text.trim_end_matches('0').trim_end_matches('.'))
}
