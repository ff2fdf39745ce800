//! What parsers share: sizes, speeds, versions, makers.

use super::{Module, OtherKind, cpus, networks};
use crate::case::{Answer, Question};
use crate::{manufacturer, names};
use airlock_facts::edid::Makers;
use airlock_facts::linux::network;
use airlock_facts::output::{lspci, netstat, ps, stat};
use airlock_facts::pci;
use airlock_facts::units::{self, Base};
use airlock_facts::{Machine, Roots};
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::net::Ipv4Addr;
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) const MODULES: &[Module] = &[
    Module { name: "tools", answer: tools },
    Module { name: "tools/generic", answer: generic },
    Module { name: "tools/linux", answer: linux },
    Module { name: "tools/network", answer: network_helpers },
    Module { name: "tools/unix", answer: unix },
];

fn tools(question: &Question) -> Answer {
    let text = || question.param_text("0");
    Ok(match question.kind.as_str() {
        "get canonical manufacturer" => json!(manufacturer::canonical(&text()?)),
        "get canonical size" => {
            let base = match question.param("1").and_then(Value::as_u64) {
                Some(1024) => Base::Binary,
                _ => Base::Decimal,
            };
            json!(units::megabytes(&text()?, base).map(|size| size.to_string()))
        }
        "get canonical speed" => json!(units::megahertz(&text()?)),
        "get canonical interface speed" => json!(units::link_speed(&text()?)),
        "get canonical power" => json!(units::watts(&text()?)),
        "trim whitespace" => json!(units::single_spaced(&text()?)),
        // What goes into a document has no control characters.
        "get sanitized string" => json!(airlock_model::without_controls(text()?)),
        "hex2dec" => {
            let text = text()?;
            json!(units::hexadecimal(&text).map_or(text, |number| number.to_string()))
        }
        _ => return Err(OtherKind.into()),
    })
}

fn generic(question: &Question) -> Answer {
    match question.kind.as_str() {
        "get EDID vendor" => {
            let list = question.input_text("reference-db")?;
            Ok(json!(Makers::List(&list).name(&question.param_text("id")?)))
        }
        "get cpus from dmidecode" => cpus::of_dmidecode(question),
        "get PCI devices" => {
            let devices = lspci::devices(&question.param_text("file")?);
            Ok(devices.iter().map(pci_device).collect())
        }
        _ => Err(OtherKind.into()),
    }
}

/// There a device has the name of its class, and its own name for its maker.
fn pci_device(device: &pci::Device) -> Value {
    json!({
        "PCISLOT": device.slot,
        "PCICLASS": format!("{:04x}", device.class),
        "PCIID": device.number(),
        "PCISUBSYSTEMID": device.subsystem.map(|(vendor, card)| format!("{vendor:04x}:{card:04x}")),
        "NAME": device.class_name,
        "MANUFACTURER": device.full_name(),
        "REV": device.revision,
        "DRIVER": device.driver.as_ref().map(|driver| driver.split('-').next().unwrap_or_default().to_owned()),
        "MEMORY": Some(device.prefetchable >> 20).filter(|megabytes| *megabytes > 0),
    })
}

fn linux(question: &Question) -> Answer {
    match question.kind.as_str() {
        "get CPUs from proc" => cpus::blocks(question),
        "get default gateway from ip" => networks::gateway_of_ip(question),
        "get interfaces from ip" => networks::of_ip(question),
        "get interfaces from ifconfig" => networks::of_ifconfig(question),
        _ => Err(OtherKind.into()),
    }
}

fn network_helpers(question: &Question) -> Answer {
    let text = |name| question.param_text(name);
    let ip = |name| -> anyhow::Result<Ipv4Addr> { Ok(question.param_text(name)?.parse()?) };
    Ok(match question.kind.as_str() {
        "alt2canonical" => json!(units::hardware_address(&text("0")?)),
        "hex2canonical" => json!(units::hexadecimal_ip4(&text("0")?)),
        "get network mask" => json!(units::mask4(text("0")?.parse()?)),
        "get network mask ipv6" | "get network mask IPv6" => json!(units::mask6(text("0")?.parse()?)),
        "get subnet address" => json!(units::subnet4(ip("0")?, ip("1")?)),
        "is same network" => json!(u8::from(units::same_network4(ip("0")?, ip("1")?, ip("2")?))),
        _ => return Err(OtherKind.into()),
    })
}

fn unix(question: &Question) -> Answer {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(match question.kind.as_str() {
        "get processes other" | "get processes busybox" => {
            let folder = tempfile::tempdir()?;
            let machine = Machine::new(Roots::folder(folder.path()));
            let row = |process: &ps::Process| {
                let started = process.running.and_then(|running| i64::try_from(now.checked_sub(running)?).ok());
                process.row(started.and_then(|secs| machine.local_time(secs)))
            };
            let mut rows = names::rows(ps::processes(&question.param_text("file")?).iter().map(row));
            // This module has minutes.
            names::change(&mut rows, "STARTED", |time| time.get(..16).unwrap_or(time).to_owned());
            rows
        }
        "get root FS birth" => json!(stat::birth(&question.param_text("file")?)),
        "get routing table" => {
            let mut table = Map::new();
            for route in netstat::routes(&question.param_text("file")?) {
                table.entry(route.destination).or_insert(Value::String(route.gateway));
            }
            Value::Object(table)
        }
        "parse dhcp lease file" => {
            let interface = question.param("1").and_then(Value::as_str).context("no interface")?;
            let now = i64::try_from(now)?;
            json!(network::server_in_leases(&question.param_text("2")?, interface, now))
        }
        _ => return Err(OtherKind.into()),
    })
}
