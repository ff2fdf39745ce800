//! HP-UX.

use super::Module;
use crate::case::{Answer, Question};
use crate::names::{self, rename};
use airlock_facts::bsd::ifconfig;
use airlock_facts::hpux::{bdf, ioscan, machinfo, management, memory, network, routes, swlist, uptime};
use anyhow::bail;
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module {
        name: "hpux/controllers",
        answer: |q| Ok(names::rows(ioscan::controllers(&ioscan::devices(&q.param_text("file")?)))),
    },
    Module { name: "hpux/cpu", answer: processors },
    Module { name: "hpux/drives", answer: drives },
    Module { name: "hpux/memory", answer: modules },
    Module { name: "hpux/mp", answer: |q| Ok(json!(management::address(&q.param_text("file")?))) },
    Module { name: "hpux/networks", answer: networks },
    Module { name: "hpux/slots", answer: |q| Ok(names::rows(ioscan::slots(&ioscan::devices(&q.param_text("file")?)))) },
    Module { name: "hpux/softwares", answer: |q| Ok(names::rows(swlist::rows(&q.param_text("file")?))) },
    Module { name: "hpux/storages", answer: storages },
    Module { name: "hpux/uptime", answer: |q| Ok(json!(uptime::seconds(&q.param_text("file")?))) },
    Module { name: "tools/hpux", answer: tools },
];

/// One object there, with the number of processors in it.
fn processors(question: &Question) -> Answer {
    Ok(machinfo::processors(&machinfo::parts(&question.param_text("file")?)).map_or(Value::Null, |said| {
        json!({
            "CPUcount": said.count,
            "MANUFACTURER": said.manufacturer,
            "NAME": said.name,
            "SPEED": said.mhz,
            "CORE": said.cores,
        })
    }))
}

/// In units of 1024 bytes there.
fn drives(question: &Question) -> Answer {
    let row =
        |one: bdf::FileSystem| json!({"VOLUMN": one.device, "TYPE": one.place, "TOTAL": one.total, "FREE": one.free});
    Ok(bdf::file_systems(&question.param_text("file")?).into_iter().map(row).collect())
}

fn modules(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    if question.input("cprop").is_some() {
        return Ok(names::rows(memory::cprop(&text)));
    }
    let row = |module: memory::Module| {
        let mut object = names::row(module.row());
        if let Some(object) = object.as_object_mut() {
            object.insert("NUMSLOTS".to_owned(), module.slot.into());
        }
        object
    };
    Ok(memory::cstm(&text).into_iter().map(row).collect())
}

fn networks(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    let Some(input) = question.inputs.first() else { bail!("nothing to read") };
    match input.role.as_str() {
        "ifconfig" => Ok(ifconfig::interfaces(&text).first().map_or(Value::Null, |interface| {
            let address = interface.addresses.first();
            json!({
                "status": if interface.is_up() { "Up" } else { "Down" },
                "address": address.map(|address| address.ip),
                "netmask": address.and_then(|address| address.mask),
            })
        })),
        "lanadmin" => {
            let pairs = network::lanadmin(&text).into_iter();
            Ok(Value::Object(pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect()))
        }
        "nwmgr" => {
            let link = |link: network::Link| {
                let said = json!({
                    "status": link.state,
                    "mac": link.mac,
                    "driver": link.driver,
                    "media": link.media,
                    "related_if": link.related,
                });
                (link.name, said)
            };
            Ok(Value::Object(network::nwmgr(&text).into_iter().map(link).collect()))
        }
        "lanscan" => Ok(network::lanscan(&text).iter().map(lan).collect()),
        "netstat" => Ok(addresses(&routes::read(&text))),
        other => bail!("no reader for {other}"),
    }
}

fn lan(lan: &network::Lan) -> Value {
    let mut object = names::row(lan.row());
    if let Some(object) = object.as_object_mut() {
        rename(object, "MAC", "MACADDR");
        object.insert("lan_id".to_owned(), json!(lan.ppa));
    }
    object
}

/// By interface, and with what the route to the address itself says of mask and MTU.
fn addresses(routes: &[routes::Route]) -> Value {
    let mut all = Map::new();
    for route in routes.iter().filter(|route| route.is_local()) {
        let list = all.entry(route.interface.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.push(json!({
                "DESCRIPTION": route.interface,
                "TYPE": "ethernet",
                "IPADDRESS": route.destination,
                "IPMASK": route.mask,
                "MTU": route.mtu,
            }));
        }
    }
    Value::Object(all)
}

/// Each line of device files is a storage there.
fn storages(question: &Question) -> Answer {
    let devices = ioscan::devices(&question.param_text("file")?);
    let all = devices.iter().flat_map(|device| device.files.iter().map(|file| ioscan::storage(device, file)));
    Ok(names::rows(all))
}

/// Names in lower case; a part without values is its words.
fn tools(question: &Question) -> Answer {
    let parts = machinfo::parts(&question.param_text("file")?);
    let part = |part: machinfo::Part| {
        let values: Map<String, Value> =
            part.values.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
        (part.title, if values.is_empty() { json!(part.words) } else { Value::Object(values) })
    };
    Ok(Value::Object(parts.into_iter().map(part).collect()))
}
