//! Tools of RAID controllers.

use super::disk;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::output::{Record, hpacucli, lsi, megacli as mega, megasasctl as mega_sas, proc_scsi, tw_cli as tw};
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::fmt::Display;

/// Lists that are objects there, with numbers as names.
fn numbered(list: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(list.into_iter().collect())
}

/// Lines of a record; `exact` leaves the names as they were printed.
fn record(record: &Record, exact: bool) -> Map<String, Value> {
    let name = |name: &str| if exact { name.to_owned() } else { name.trim().to_owned() };
    record.fields().map(|(key, value)| (name(key), Value::from(value.trim()))).collect()
}

pub(super) fn megacli(question: &Question) -> Answer {
    match question.kind.as_str() {
        "get P dlist" => {
            let drives = mega::drives(&question.param_text("file")?);
            let drives = drives.iter().zip(1..);
            Ok(numbered(drives.map(|(drive, number)| (number.to_string(), record(&drive.record, true).into()))))
        }
        "get adp enclosure" => {
            let list = mega::enclosures(&question.param_text("file")?);
            Ok(numbered(list.into_iter().map(|(number, id)| (number.to_string(), id.into()))))
        }
        "get summary" => {
            let drives = mega::summary(&question.param_text("file")?);
            Ok(numbered(drives.iter().zip(0..).map(|(drive, number)| (number.to_string(), summary(drive)))))
        }
        "get storages" => {
            let list = question.steps.iter().find(|step| step.get("do").is_some_and(|what| what == "get P dlist"));
            let file = list.and_then(|step| step.pointer("/params/file")).context("no list of drives")?;
            let drives = mega::drives(&question.value_text(file)?);
            Ok(numbered(drives.iter().zip(1..).map(|(drive, number)| (number.to_string(), disk(drive.disk())))))
        }
        other => anyhow::bail!("{other}: an unknown question"),
    }
}

fn summary(drive: &mega::Summary) -> Value {
    let mut object = record(&drive.record, false);
    if let Some((number, position)) = &drive.enclosure {
        object.insert("encl_id".to_owned(), (*number).into());
        object.insert("encl_pos".to_owned(), position.as_str().into());
    }
    object.insert("slot".to_owned(), drive.slot.as_deref().into());
    object.into()
}

pub(super) fn megacli_with_smartctl(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    match question.kind.as_str() {
        "get P dlist" => {
            let drives = mega::drives(&text);
            Ok(numbered(drives.iter().map(|drive| {
                let mut object = record(&drive.record, false);
                if let Some(position) = drive.position() {
                    for (name, number) in ["__diskgroup", "__span", "__arm"].into_iter().zip(position) {
                        object.insert(name.to_owned(), number.into());
                    }
                }
                (drive.record.get("Device Id").unwrap_or_default().to_owned(), object.into())
            })))
        }
        "get L dinfo" => {
            let volumes = mega::volumes(&text);
            Ok(numbered(volumes.iter().map(|(number, volume)| (number.to_string(), record(volume, false).into()))))
        }
        "get adp pci info" => Ok(record(&mega::pci_place(&text), false).into()),
        other => anyhow::bail!("{other}: an unknown question"),
    }
}

/// Makers are those of the tool's own column there.
pub(super) fn megasasctl(question: &Question) -> Answer {
    Ok(mega_sas::disks(&question.param_text("file")?).into_iter().map(|disk| names::row(disk.row())).collect())
}

/// Under the controller's name, with the generic device of a number.
fn placed(mut value: Value, name: Option<&Value>, number: impl Display) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.insert("NAME".to_owned(), name.cloned().into());
        object.insert("device".to_owned(), format!("/dev/sg{number}").into());
    }
    value
}

/// The disks that a controller shows beside its arrays, by the numbers of their generic devices.
pub(super) fn adaptec(question: &Question) -> Answer {
    let devices = proc_scsi::devices(&question.param_text("file")?);
    let host = question.param_text("controller")?;
    let name = question.param("name").cloned();
    let disks = devices.into_iter().filter(|device| device.host == host && !device.is_array());
    Ok(disks
        .map(|mut device| {
            // The maker is told by the model: the column has the controller's or the server's.
            device.disk.maker = device.disk.model.clone();
            placed(disk(device.disk), name.as_ref(), device.number)
        })
        .collect())
}

pub(super) fn lsilogic(question: &Question) -> Answer {
    let name = question.param("name").cloned();
    let members = lsi::members(&question.param_text("file")?);
    Ok(members.into_iter().map(|member| placed(disk(member.disk), name.as_ref(), member.number)).collect())
}

pub(super) fn tw_cli(question: &Question) -> Answer {
    let inputs = question.inputs.first().context("no output of the tool")?;
    let text = question.text(&inputs.path)?;
    let ids = |list: Vec<String>| list.into_iter().map(|id| json!({"id": id})).collect::<Value>();
    match question.kind.as_str() {
        "get cards" => {
            Ok(tw::cards(&text).into_iter().map(|card| json!({"id": card.id, "model": card.model})).collect())
        }
        "get units" => Ok(ids(tw::units(&text))),
        "get ports" => Ok(ids(tw::ports(&text))),
        "get storage" => {
            let card = question.param("0").and_then(|card| card.get("model")?.as_str()).unwrap_or_default();
            Ok(tw::disk(&text, card).into_iter().map(disk).collect())
        }
        other => anyhow::bail!("{other}: an unknown question"),
    }
}

pub(super) fn hp_with_smartctl(question: &Question) -> Answer {
    let controllers = hpacucli::controllers(&question.param_text("file")?);
    Ok(numbered(controllers.into_iter().map(|controller| {
        (controller.slot.to_string(), json!({"serial": controller.serial, "drives_total": controller.drives}))
    })))
}

pub(super) fn hp(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    match question.kind.as_str() {
        "get slots" => Ok(hpacucli::slots(&text).into()),
        "get drives" => Ok(hpacucli::drives(&text).into()),
        "get storage" => Ok(hpacucli::disks(&text).into_iter().next().map_or(Value::Null, disk)),
        other => anyhow::bail!("{other}: an unknown question"),
    }
}
