//! Interfaces and hardware ports.

use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::macos::network::{self, Interface, Port};
use serde_json::{Value, json};

pub(super) fn answer(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    if question.kind == "parse network setup" {
        return Ok(ports(network::ports(&text)));
    }
    let ports: Vec<Port> = question
        .param("netsetup")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(device, port)| Port {
            device: device.clone(),
            name: port.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
            mac: port.get("macaddr").and_then(Value::as_str).map(str::to_owned),
        })
        .collect();
    Ok(network::interfaces(&text).iter().map(|interface| row(interface, &ports)).collect())
}

fn ports(ports: Vec<Port>) -> Value {
    let list = ports.into_iter().map(|port| (port.device, json!({"description": port.name, "macaddr": port.mac})));
    Value::Object(list.collect())
}

/// One row an interface: the last of its addresses stand for all, and it is up when its medium is active.
fn row(interface: &Interface, ports: &[Port]) -> Value {
    let port = interface.port(ports);
    let mut row = json!({
        "DESCRIPTION": port.map_or(&interface.name, |port| &port.name),
        "MACADDR": interface.mac,
        "MTU": interface.mtu,
        "SPEED": interface.speed,
        "TYPE": interface.kind(ports),
        "STATUS": if interface.active == Some(true) { "Up" } else { "Down" },
        "VIRTUALDEV": u8::from(port.is_none()),
    });
    if let Some(inet) = interface.inet.last() {
        names::put(&mut row, "IPADDRESS", json!(inet.address.to_string()));
        names::put(&mut row, "IPMASK", json!(inet.mask.map(|mask| mask.to_string())));
        names::put(&mut row, "IPSUBNET", json!(inet.subnet().map(|subnet| subnet.to_string())));
    }
    if let Some(inet6) = interface.inet6.last() {
        names::put(&mut row, "IPADDRESS6", json!(inet6.text));
    }
    row
}
