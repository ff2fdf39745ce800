//! Processors, memory, cards, power, USB.

use super::profile;
use crate::case::{Answer, Question};
use crate::manufacturer::canonical;
use crate::names;
use airlock_facts::macos::{cpu, memory as modules, power, profile::Entry, usb as bus, video};
use serde_json::{Value, json};

pub(super) fn cpus(question: &Question) -> Answer {
    let found = cpu::processors(&question.param_text("sysctl")?, &profile(question)?);
    let Some(found) = found else { return Ok(json!([])) };
    let mut rows = names::rows(cpu::rows(&found));
    for row in rows.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        // Of the whole processor, not of one core; and nothing of the bus.
        row.insert("THREAD".to_owned(), json!(found.threads));
        row.remove("EXTERNAL_CLOCK");
    }
    names::change(&mut rows, "MANUFACTURER", canonical);
    Ok(rows)
}

pub(super) fn memory(question: &Question) -> Answer {
    let profile = profile(question)?;
    if question.kind == "get memory" {
        return Ok(json!(modules::total(&profile)));
    }
    let list = modules::modules(&profile).into_iter().map(|module| {
        let mut answer = json!({
            "NUMSLOTS": module.dimm().unwrap_or(0),
            "CAPACITY": module.size,
            "TYPE": module.kind,
            "SPEED": module.speed,
            "SERIALNUMBER": module.serial,
            "DESCRIPTION": if module.slot.is_empty() { Some("Integrated memory".to_owned()) } else { module.part_number },
        });
        if let Some(status) = module.status {
            names::put(&mut answer, "CAPTION", json!(format!("Status: {status}")));
        }
        answer
    });
    Ok(list.collect())
}

pub(super) fn videos(question: &Question) -> Answer {
    Ok(names::rows(video::rows(&profile(question)?)))
}

pub(super) fn battery(question: &Question) -> Answer {
    Ok(power::battery(&profile(question)?).map_or(Value::Null, |battery| {
        // The charge, which is no energy yet.
        json!({
            "NAME": battery.name, "MANUFACTURER": battery.manufacturer, "SERIAL": battery.serial,
            "CAPACITY": battery.full_charge, "VOLTAGE": battery.voltage,
        })
    }))
}

pub(super) fn charger(question: &Question) -> Answer {
    Ok(power::charger(&profile(question)?).map_or(Value::Null, |charger| {
        let mut row = names::row(power::charger_row(&charger));
        names::put(&mut row, "PLUGGED", json!(if charger.connected { "Yes" } else { "No" }));
        row
    }))
}

pub(super) fn usb(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    let classes = ["IOUSBDevice", "IOUSBHostDevice"];
    let devices = classes.iter().map(|class| bus::devices(&text, class)).find(|devices| !devices.is_empty());
    let list = devices.unwrap_or_default().into_iter().map(|device| {
        let hex = |id: Option<u64>| id.map(|id| format!("{id:#x}"));
        let mut row = names::row(bus::row(&device));
        names::put(&mut row, "VENDORID", json!(hex(device.vendor)));
        names::put(&mut row, "PRODUCTID", json!(hex(device.product)));
        if let Some(row) = row.as_object_mut() {
            row.remove("MANUFACTURER");
        }
        row
    });
    Ok(list.collect())
}

/// The text form as a structure: headings are objects, and what comes again under a name gets a number behind it.
pub(super) fn structure(entry: &Entry) -> Value {
    if entry.entries.is_empty() {
        return json!(entry.value);
    }
    let mut object = serde_json::Map::new();
    for child in &entry.entries {
        let name = super::softwares::unused(&child.name, |name| object.contains_key(name));
        object.insert(name, structure(child));
    }
    Value::Object(object)
}
