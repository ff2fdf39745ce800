//! Network interfaces.

use super::Module;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::output::systool;
use serde_json::Value;

pub(super) const MODULES: &[Module] = &[Module { name: "linux/networks/fibrechannel", answer: fibre_channel }];

fn fibre_channel(question: &Question) -> Answer {
    let ports = systool::fibre_channel_ports(&question.param_text("file")?);
    Ok(interfaces(ports.iter().map(|port| port.row())))
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
