//! Whole machines: the collector of storages over a folder, with the tools' outputs that lie beside it.

use super::{renamed, with_maker};
use crate::case::{Answer, Question};
use anyhow::Context;
use serde_json::Value;
use std::time::{Duration, Instant};

pub(super) fn storages(question: &Question) -> Answer {
    let folder = question.tree(0)?;
    // `smartctl-sda` is what the tool says about /dev/sda.
    let mut commands: Vec<(Vec<String>, Vec<u8>)> = Vec::new();
    for entry in std::fs::read_dir(folder.path())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let arguments: &[&str] = match name.split_once('-') {
            Some(("smartctl", _)) => &["-n", "standby", "-i"],
            Some(("hdparm", _)) => &["-I"],
            _ => continue,
        };
        let (tool, device) = name.split_once('-').unwrap_or_default();
        let mut argv = vec![tool.to_owned()];
        argv.extend(arguments.iter().map(|&word| word.to_owned()));
        argv.push(format!("/dev/{device}"));
        commands.push((argv, std::fs::read(&path)?));
    }
    // The collector's names of makers by number.
    if let Some(database) = question.inputs.iter().find(|input| input.path.ends_with("pci.ids")) {
        let place = folder.path().join("usr/share/misc");
        std::fs::create_dir_all(&place)?;
        std::fs::write(place.join("pci.ids"), question.bytes(&database.path)?)?;
    }
    let roots = airlock_facts::Roots::folder(folder.path());
    let machine = airlock_facts::Machine::new(roots).with_commands(airlock_facts::Commands::scripted(commands));
    let findings = airlock_facts::Findings::new(Instant::now() + Duration::from_secs(10));
    airlock_facts::collector("storages").context("no collector of storages")?.collect(&machine, &findings);
    let (rows, _) = findings.take();
    let mut rows: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            let mut value = renamed(with_maker(row));
            // World-wide names are those of SCSI and ATA there; ours has those of namespaces, too.
            if let Some(object) = value.as_object_mut()
                && object.get("WWN").and_then(Value::as_str).is_some_and(|name| name.starts_with("eui."))
            {
                object.remove("WWN");
            }
            value
        })
        .collect();
    rows.sort_by_key(|row| row.get("NAME").and_then(Value::as_str).map(str::to_owned));
    Ok(rows.into())
}
