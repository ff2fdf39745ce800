//! AIX.

use super::Module;
use crate::case::{Answer, Question};
use crate::names::{self, rename};
use airlock_facts::aix::{bios, drives, lscfg, lsconf, lsdev, lslpp, lsvpd, lvm, memory, storages};
use airlock_model::Row;
use anyhow::bail;
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "aix/bios", answer: machine },
    Module { name: "aix/controllers", answer: |q| adapters(q, lsdev::controllers, &["name"]) },
    Module { name: "aix/drives", answer: |q| Ok(json!(drives::kinds(&q.param_text("file")?))) },
    Module { name: "aix/lvm", answer: volumes },
    Module { name: "aix/memory", answer: |q| Ok(names::rows(memory::rows(&lsvpd::records(&q.param_text("file")?)))) },
    Module { name: "aix/modems", answer: |q| adapters(q, lsdev::modems, &["name", "description"]) },
    Module {
        name: "aix/networks",
        answer: |q| {
            let found = lscfg::hardware_addresses(&q.param_text("file")?);
            Ok(Value::Object(found.into_iter().map(|(name, address)| (name, address.into())).collect()))
        },
    },
    Module { name: "aix/slots", answer: |q| adapters(q, lsdev::slots, &["name", "designation", "description"]) },
    Module { name: "aix/softwares", answer: |q| Ok(names::rows(lslpp::rows(&q.param_text("file")?))) },
    Module { name: "aix/sounds", answer: |q| adapters(q, lsdev::sounds, &["name", "description"]) },
    Module { name: "aix/storages", answer: disks },
    Module { name: "aix/videos", answer: |q| adapters(q, lsdev::videos, &["name"]) },
    Module { name: "tools/aix", answer: tools },
];

/// The text of an input, empty when the tool is missing.
fn said(question: &Question, role: &str) -> anyhow::Result<String> {
    question.input(role).map_or(Ok(String::new()), |input| question.text(&input.path))
}

fn machine(question: &Question) -> Answer {
    let records = lsvpd::records(&said(question, "lsvpd")?);
    let lsconf = lsconf::read(&said(question, "lsconf")?);
    let uname = question.mocked("uname").and_then(Value::as_str).unwrap_or_default();
    Ok(names::row(bios::row(&records, &lsconf, uname, &said(question, "lparstat")?)))
}

/// Rows of adapters, of which the corpus has only some fields.
fn adapters(question: &Question, read: fn(&[lsdev::Adapter]) -> Vec<Row>, fields: &[&str]) -> Answer {
    let rows = read(&lsdev::adapters(&question.param_text("file")?));
    let kept = |row: Row| row.into_iter().filter(|(name, _)| fields.contains(&name.as_ref())).collect::<Row>();
    Ok(names::rows(rows.into_iter().map(kept)))
}

/// A volume of a group, or a disk, does not name its group there; a group counts in partitions, and open volumes only.
fn volumes(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    let name = question.param_text("name")?;
    let Some(input) = question.inputs.first() else { bail!("nothing to read") };
    let mut row = match input.role.as_str() {
        "lslv" => lvm::logical_volume(&text).row(&name),
        "lspv" => lvm::physical_volume(&text).row(&name),
        "lsvg" => {
            let group = lvm::volume_group(&text);
            let mut row = group.row(&name);
            row.maybe("size", group.partitions).maybe("free", group.free_partitions);
            row.maybe("lv_count", group.open_logical_volumes);
            return Ok(names::row(row));
        }
        other => bail!("no reader for {other}"),
    };
    row.remove("vg_name");
    row.remove("vg_uuid");
    Ok(names::row(row))
}

fn disks(question: &Question) -> Answer {
    if question.input("lspv").is_some() {
        return Ok(json!(lvm::physical_volume(&question.param_text("file")?).size()));
    }
    let text = question.input_text("lsdev")?;
    let devices = storages::devices(&text);
    if question.steps.is_empty() {
        let device = |(name, description): &(&str, &str)| json!({"NAME": name, "DESCRIPTION": description});
        return Ok(devices.iter().map(device).collect());
    }
    let mut list = names::rows(storages::disks(&devices, &lsvpd::records(&said(question, "lsvpd")?)));
    for object in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        rename(object, "SERIAL", "SERIALNUMBER");
    }
    Ok(list)
}

fn tools(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    let Some(input) = question.inputs.first() else { bail!("nothing to read") };
    let object = |pairs: &[(String, String)]| {
        pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<String, Value>>()
    };
    match input.role.as_str() {
        "lsdev" => {
            let adapter =
                |one: lsdev::Adapter| json!({"NAME": one.name, "TYPE": one.kind, "DESCRIPTION": one.description});
            Ok(lsdev::adapters(&text).into_iter().map(adapter).collect())
        }
        "lsvpd" => {
            let values =
                |record: &lsvpd::Record| record.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
            Ok(lsvpd::records(&text).iter().map(|record| Value::Object(values(record))).collect())
        }
        "lsconf" => {
            let said = lsconf::read(&text);
            let mut all = object(&said.values);
            all.extend(said.parts.iter().map(|(title, values)| (title.clone(), Value::Object(object(values)))));
            Ok(Value::Object(all))
        }
        other => bail!("no reader for {other}"),
    }
}
