//! Processors, memory, firmware, disks and file systems.

use super::{class, key};
use crate::case::{Answer, Question};
use crate::manufacturer::canonical;
use crate::names;
use airlock_facts::output::dmidecode::Dmidecode;
use airlock_facts::windows::{battery, bios as firmware, cpu, drive, memory as modules, storage};
use anyhow::Context;
use serde_json::{Value, json};

pub(super) fn batteries(question: &Question) -> Answer {
    Ok(names::rows(battery::rows(&question.param_text("file")?)))
}

pub(super) fn bios(question: &Question) -> Answer {
    let [bios, system, enclosure, board] =
        ["Win32_Bios", "Win32_ComputerSystem", "Win32_SystemEnclosure", "Win32_BaseBoard"]
            .map(|name| class(question, name));
    let [bios, system, enclosure, board] = [bios?, system?, enclosure?, board?];
    let row = firmware::row(firmware::Sources {
        bios: bios.first(),
        system: system.first(),
        enclosure: enclosure.first(),
        board: board.first(),
    });
    let mut row = names::row(row);
    names::change(&mut row, "BDATE", names::month_first);
    Ok(row)
}

pub(super) fn cpus(question: &Question) -> Answer {
    let firmware = match question.input("dmidecode") {
        Some(input) => {
            let text = question.text(&input.path)?;
            Dmidecode::parse(&text).processors()
        }
        None => Vec::new(),
    };
    let registry = key(question, "CentralProcessor")?;
    let mut rows = names::rows(cpu::rows(&class(question, "Win32_Processor")?, registry.as_ref(), &firmware));
    names::change(&mut rows, "MANUFACTURER", canonical);
    // Without the marks of registration.
    names::change(&mut rows, "NAME", |name| name.replace("(R)", "").replace("(TM)", " ").replace("  ", " "));
    Ok(rows)
}

pub(super) fn memory(question: &Question) -> Answer {
    let list = modules::modules(&class(question, "Win32_PhysicalMemory")?);
    let arrays = modules::arrays(&class(question, "Win32_PhysicalMemoryArray")?);
    let rows = list.into_iter().zip(0_u64..).map(|(module, number)| {
        // The array's correction stands at its last slot.
        let correction = arrays.iter().find(|array| array.slots == Some(number + 1)).and_then(|array| array.correction);
        json!({
            "CAPACITY": module.size,
            "CAPTION": module.caption,
            "DESCRIPTION": module.description,
            "FORMFACTOR": module.form,
            "MEMORYCORRECTION": correction,
            "NUMSLOTS": number,
            "REMOVABLE": u8::from(module.removable),
            "SERIALNUMBER": module.serial,
            "SPEED": module.speed,
            "TYPE": module.kind,
            "MANUFACTURER": module.manufacturer,
            "MODEL": module.part_number,
        })
    });
    Ok(rows.collect())
}

pub(super) fn drives(question: &Question) -> Answer {
    let disks = class(question, "Win32_LogicalDisk")?;
    let volumes = class(question, "Win32_Volume")?;
    let system = class(question, "Win32_OperatingSystem")?;
    let encryption = class(question, "Win32_EncryptableVolume")?;
    let sources = drive::Sources { disks: &disks, volumes: &volumes, system: system.first(), encryption: &encryption };
    let mut rows = names::rows(drive::rows(sources));
    for row in rows.as_array_mut().into_iter().flatten() {
        let system = row.get("SYSTEMDRIVE") == Some(&Value::Bool(true));
        names::put(row, "SYSTEMDRIVE", if system { "1" } else { "" });
    }
    Ok(rows)
}

/// The steps ask for one class after the other: the last ones only where the first has nothing.
pub(super) fn storages(question: &Question) -> Answer {
    let mut lists = Vec::new();
    for name in ["MSFT_PhysicalDisk", "Win32_DiskDrive", "Win32_CDROMDrive"] {
        lists.push(storage::rows(&class(question, name)?));
    }
    let [new, old, optical]: [_; 3] = lists.try_into().ok().context("three classes")?;
    let disks = if new.is_empty() { old } else { new };
    Ok(names::rows(disks.into_iter().chain(optical)))
}
