//! Disks, RAID controllers, volumes.

mod raid;
mod tools;
mod tree;

use super::Module;
use crate::case::Question;
use crate::{manufacturer, names};
use airlock_facts::output::Disk;
use airlock_facts::output::{asmcmd, lshal, lvm};
use airlock_model::Row;
use serde_json::{Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "generic/drives/asm", answer: disk_groups },
    Module { name: "generic/storages/3ware", answer: raid::tw_cli },
    Module { name: "generic/storages/hpwithsmartctl", answer: raid::hp_with_smartctl },
    Module { name: "linux/drives", answer: drives },
    Module { name: "linux/lvm", answer: volumes },
    Module { name: "linux/storages", answer: tree::storages },
    Module { name: "linux/storages/adaptec", answer: raid::adaptec },
    Module { name: "linux/storages/lsilogic", answer: raid::lsilogic },
    Module { name: "linux/storages/megacli", answer: raid::megacli },
    Module { name: "linux/storages/megacliwithsmartctl", answer: raid::megacli_with_smartctl },
    Module { name: "linux/storages/megaraid", answer: raid::megasasctl },
    Module { name: "tools/generic", answer: tools::generic },
    Module { name: "tools/linux", answer: tools::linux },
    Module { name: "tools/storages/hp", answer: raid::hp },
    Module { name: "tools/unix", answer: tools::unix },
];

/// A disk's row, with its maker under the name that the inventory task gives it.
fn with_maker(mut row: Row) -> Row {
    let maker = match row.text("manufacturer").filter(|maker| *maker != "ATA") {
        Some(maker) => Some(manufacturer::canonical(maker)),
        None => row.text("model").and_then(manufacturer::of_model),
    };
    row.remove("manufacturer");
    row.maybe("manufacturer", maker);
    row
}

/// A disk under the corpus' names.
fn disk(disk: Disk) -> Value {
    renamed(with_maker(disk.row()))
}

fn renamed(row: Row) -> Value {
    let mut value = names::row(row);
    if let Some(object) = value.as_object_mut() {
        names::rename(object, "SERIAL", "SERIALNUMBER");
    }
    value
}

fn disk_groups(question: &Question) -> anyhow::Result<Value> {
    let groups = asmcmd::disk_groups(&question.param_text("file")?);
    let groups = groups.iter().map(|group| {
        json!({"NAME": group.name, "STATE": group.state, "TYPE": group.kind, "TOTAL": group.total, "FREE": group.free})
    });
    Ok(json!([groups.collect::<Vec<_>>()]))
}

fn drives(question: &Question) -> anyhow::Result<Value> {
    Ok(names::rows(lshal::volumes(&question.param_text("file")?)))
}

fn volumes(question: &Question) -> anyhow::Result<Value> {
    let text = question.param_text("file")?;
    Ok(names::rows(match question.kind.as_str() {
        "get logical volumes" => lvm::logical_volumes(&text),
        "get physical volumes" => lvm::physical_volumes(&text),
        "get volume groups" => lvm::volume_groups(&text),
        other => anyhow::bail!("{other}: an unknown question"),
    }))
}
