//! Network interfaces.

use super::Module;
use crate::case::{Answer, Input, Question};
use crate::names;
use airlock_facts::linux::network;
use airlock_facts::output::{docker_network, ifconfig, ip, iwconfig, systool};
use anyhow::Context;
use serde_json::{Value, json};
use std::net::Ipv6Addr;

pub(super) const MODULES: &[Module] = &[
    Module { name: "linux/networks", answer: wireless },
    Module { name: "linux/networks/dockermacvlan", answer: containers },
    Module { name: "linux/networks/fibrechannel", answer: fibre_channel },
];

/// What iwconfig says of one interface.
fn wireless(question: &Question) -> Answer {
    let text = question.param_text("file").or_else(|_| question.text(&first(question)?.path))?;
    let found = iwconfig::interfaces(&text).into_iter().next().context("no wireless interface")?.1;
    Ok(names::row(found.row()))
}

/// The networks that docker lists, or the containers in one of them.
fn containers(question: &Question) -> Answer {
    let text = question.param_text("file").or_else(|_| question.text(&first(question)?.path))?;
    if text.trim_start().starts_with(['[', '{']) {
        return Ok(interfaces(docker_network::macvlan_interfaces(&text)));
    }
    Ok(json!(docker_network::names(&text)))
}

fn first(question: &Question) -> anyhow::Result<&Input> {
    question.inputs.first().context("nothing to read")
}

fn fibre_channel(question: &Question) -> Answer {
    let ports = systool::fibre_channel_ports(&question.param_text("file")?);
    Ok(interfaces(ports.iter().map(|port| port.row())))
}

pub(super) fn gateway_of_ip(question: &Question) -> Answer {
    Ok(json!(ip::default_gateway(&ip::routes(&question.param_text("file")?))))
}

pub(super) fn of_ip(question: &Question) -> Answer {
    let rows = network::rows_of_links(&ip::links(&question.param_text("file")?), None);
    Ok(addresses_only(interfaces(rows)))
}

pub(super) fn of_ifconfig(question: &Question) -> Answer {
    let rows = network::rows_of_links(&ifconfig::links(&question.param_text("file")?), None);
    Ok(addresses_only(interfaces(rows)))
}

/// These modules ask for nothing but addresses, with masks in short notation.
fn addresses_only(mut list: Value) -> Value {
    for interface in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for field in ["MTU", "TYPE", "BASE", "VIRTUALDEV", "SLAVES"] {
            interface.remove(field);
        }
    }
    names::change(&mut list, "IPMASK6", |mask| match mask.parse::<Ipv6Addr>() {
        Ok(mask) => mask.to_string(),
        Err(_) => mask.to_owned(),
    });
    list
}

/// Interfaces in the modules' spelling of names and states.
fn interfaces(rows: impl IntoIterator<Item = airlock_model::Row>) -> Value {
    let mut list = names::rows(rows);
    for interface in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        names::rename(interface, "MAC", "MACADDR");
    }
    names::change(&mut list, "STATUS", |status| match status {
        "up" => "Up".to_owned(),
        "down" => "Down".to_owned(),
        other => other.to_owned(),
    });
    list
}
