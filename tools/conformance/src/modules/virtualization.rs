//! Virtual machines and containers.
//!
//! The corpus gives memory in the unit of the tool, where our machines have bytes; whole machines are objects in upper
//! case, parts of one in lower case.

use super::Module;
use crate::case::{Answer, Question};
use airlock_facts::output::virtual_machine::{Status, VirtualMachine};
use airlock_facts::output::{docker, hyper_v, jls, lxc, prlctl, qemu, vboxmanage, virsh, vzlist, xe, xl};
use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "virtualization/docker", answer: docker },
    Module { name: "virtualization/hyperv", answer: hyper_v },
    Module { name: "virtualization/jails", answer: jails },
    Module { name: "virtualization/libvirt", answer: libvirt },
    Module { name: "virtualization/lxc", answer: lxc },
    Module { name: "virtualization/parallels", answer: parallels },
    Module { name: "virtualization/qemu", answer: qemu },
    Module { name: "virtualization/virtualbox", answer: virtualbox },
    Module { name: "virtualization/virtuozzo", answer: virtuozzo },
    Module { name: "virtualization/xen", answer: xen },
    Module { name: "virtualization/xencitrixserver", answer: xenserver },
];

const MIB: u64 = 1 << 20;

/// The text of the file that the call is given.
fn file(question: &Question) -> anyhow::Result<String> {
    match question.inputs.first() {
        _ if question.param("file").is_some() => question.param_text("file"),
        Some(first) => question.text(&first.path),
        None => bail!("no file"),
    }
}

/// A machine with the fields that the modules have; those of a module that has fewer are named.
fn machine(machine: &VirtualMachine, unit: u64, without: &[&str]) -> Value {
    let fields = [
        ("NAME", machine.name.clone().map(Value::from)),
        ("UUID", machine.uuid.clone().map(Value::from)),
        ("STATUS", machine.status.map(Status::word).map(Value::from)),
        ("MEMORY", machine.memory.map(|bytes| Value::from(bytes / unit))),
        ("VCPU", machine.processors.map(Value::from)),
        ("MAC", Some(machine.macs.join("/")).filter(|macs| !macs.is_empty()).map(Value::from)),
        ("COMMENT", machine.comment.clone().map(Value::from)),
        ("IMAGE", machine.image.clone().map(Value::from)),
        ("SERIAL", machine.serial.clone().map(Value::from)),
        ("OWNER", machine.owner.clone().map(Value::from)),
        ("SUBSYSTEM", machine.subsystem.clone().map(Value::from)),
        ("VMTYPE", Some(Value::from(machine.kind.as_str()))),
    ];
    let known = fields.into_iter().filter(|(name, _)| !without.contains(name));
    Value::Object(known.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn machines(list: &[VirtualMachine], unit: u64, without: &[&str]) -> Value {
    list.iter().map(|one| machine(one, unit, without)).collect()
}

fn docker(question: &Question) -> Answer {
    let text = file(question)?;
    let mut found = docker::containers(&text, "docker");
    if found.is_empty() {
        found = docker::table(&text, "docker");
    }
    Ok(machines(&found, MIB, &[]))
}

fn hyper_v(question: &Question) -> Answer {
    let class = |name: &str| -> anyhow::Result<String> {
        let role = |role: &str| role.strip_prefix("wmi:").is_some_and(|class| class.eq_ignore_ascii_case(name));
        let input = question.inputs.iter().find(|input| role(&input.role));
        input.map_or(Ok(String::new()), |input| question.text(&input.path))
    };
    let (systems, settings) = (class("MSVM_ComputerSystem")?, class("MSVM_VirtualSystemSettingData")?);
    let (memory, processors) = (class("MSVM_MemorySettingData")?, class("MSVM_ProcessorSettingData")?);
    let classes = hyper_v::Classes { systems: &systems, settings: &settings, memory: &memory, processors: &processors };
    let mut found = hyper_v::machines(&classes);
    for machine in &mut found {
        "HyperV".clone_into(&mut machine.kind);
    }
    Ok(machines(&found, MIB, &["SERIAL"]))
}

fn jails(question: &Question) -> Answer {
    Ok(machines(&jls::list(&file(question)?), MIB, &["SUBSYSTEM"]))
}

fn libvirt(question: &Question) -> Answer {
    let text = file(question)?;
    if question.kind.contains("dumpxml") {
        let domain = virsh::domain(&text).context("no domain")?;
        return Ok(json!({
            // Its last three digits cut, from KiB.
            "memory": domain.memory.map(|bytes| bytes / 1024 / 1000),
            "uuid": domain.uuid,
            "vcpu": domain.processors,
            "vmtype": domain.subsystem,
        }));
    }
    let listed = virsh::list(&text).into_iter().map(|(name, status)| {
        let mut machine = VirtualMachine::new("libvirt");
        machine.name = Some(name);
        machine.status = status;
        machine
    });
    Ok(machines(&listed.collect::<Vec<_>>(), MIB, &[]))
}

fn lxc(question: &Question) -> Answer {
    if question.kind.ends_with("state") {
        return Ok(lxc::state(&file(question)?).map(Status::word).into());
    }
    // The calls of the tool are given as commands that print a file of the corpus.
    let printed = |name: &str| -> anyhow::Result<String> {
        let command = question.param_text(name)?;
        question.text(command.strip_prefix("cat ").context("another command")?)
    };
    let config = lxc::config(&printed("test_cmdinfo")?);
    let state = lxc::state(&printed("test_cmdstate")?).unwrap_or(Status::Off);
    // Proxmox names its containers by number, and has their names inside.
    let named = if question.param_text("ctid")?.is_empty() { None } else { config.host_name.clone() };
    let name = named.map_or_else(|| question.param_text("name"), Ok)?;
    let mut found = lxc::container(&name, Some(state), &config);
    // Without a list it has those of the host, which is not described.
    found.processors = found.processors.or(Some(0));
    Ok(machine(&found, 1, &[]))
}

fn parallels(question: &Question) -> Answer {
    Ok(machines(&prlctl::list(&file(question)?), MIB, &[]))
}

fn qemu(question: &Question) -> Answer {
    let command = question.param("0").and_then(|process| process.get("CMD")?.as_str());
    let Some(found) = qemu::machine(command.context("no command")?.split_whitespace()) else { return Ok(Value::Null) };
    let mut fields = Map::new();
    let known = [
        ("name", found.name.map(Value::from)),
        ("mem", found.memory.map(|bytes| Value::from(bytes / MIB))),
        ("uuid", found.uuid.map(Value::from)),
        ("serial", found.serial.map(Value::from)),
        ("vmtype", Some(Value::from(found.kind))),
    ];
    fields.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Ok(Value::Object(fields))
}

fn virtualbox(question: &Question) -> Answer {
    Ok(machines(&vboxmanage::list(&file(question)?), MIB, &["MAC"]))
}

fn virtuozzo(question: &Question) -> Answer {
    // One configuration stands for those of all environments.
    let config = vzlist::config(&question.param_text("ctid_template")?);
    let cards = |id: &str| -> anyhow::Result<Vec<String>> {
        let call = format!("vzctl exec '{id}' 'ip -0 a'");
        let input = question.inputs.iter().find(|input| input.captured_from.as_deref() == Some(call.as_str()));
        input.map_or(Ok(Vec::new()), |input| Ok(vzlist::cards(&question.text(&input.path)?)))
    };
    let environments = vzlist::list(&file(question)?);
    let found = environments.iter().map(|environment| {
        let config = vzlist::Config { macs: cards(&environment.id)?, ..config.clone() };
        let mut found = vzlist::machine(environment, &config, Some("fakeUUID"));
        found.processors = found.processors.or(Some(0));
        Ok(machine(&found, MIB, &[]))
    });
    found.collect()
}

fn xen(question: &Question) -> Answer {
    let text = file(question)?;
    if question.kind.contains("UUID") {
        return Ok(xl::first_uuid(&text).into());
    }
    Ok(machines(&xl::list(&text, "xm"), MIB, &["UUID"]))
}

fn xenserver(question: &Question) -> Answer {
    let text = file(question)?;
    if question.kind.ends_with("machines") {
        let found = xe::uuids(&text).into_iter();
        return Ok(found.map(|uuid| json!({"UUID": uuid, "SUBSYSTEM": "xe", "VMTYPE": "xen"})).collect());
    }
    let found = xe::machine(&text);
    Ok(found.map_or(Value::Null, |found| machine(&found, MIB, &["UUID", "SUBSYSTEM", "VMTYPE"])))
}
