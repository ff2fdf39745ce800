//! Network devices inventoried: the whole of one, its tables one by one, and the messages that a server gets.

use super::{Module, OtherKind, walks};
use crate::case::{Answer, Question};
use crate::names;
use airlock_mib::device::Device;
use airlock_mib::inventory::{self, bridge, mac_table, neighbours, trunks};
use airlock_mib::sections::{Port, Ports, Sections};
use airlock_mib::{Agent, fixture::Walk};
use airlock_model::{Report, Row, schema};
use airlock_protocol::answers::Answer as Received;
use airlock_protocol::bodies::Limits;
use airlock_protocol::jobs::{Job, Query};
use airlock_protocol::requests::{NetworkMessage, NetworkTask, device_error, inventoried_device};
use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "snmp/inventory", answer: whole },
    Module { name: "snmp/device", answer: part },
    Module { name: "snmp/mibsupport/force10s", answer: components },
    Module { name: "task/netinventory", answer: messages },
];

/// The members of `DEVICE`, and what stands beside it.
fn whole(question: &Question) -> Answer {
    let walk = walks::of_question(question)?;
    let kind = question.param("type").and_then(Value::as_str);
    let id = question.param("id").map(ToString::to_string);
    let (mut device, beside) = inventoried(&walk, "127.0.0.1", kind, id.as_deref())?;
    device.extend(beside);
    Ok(Value::Object(device))
}

/// A device as its message says it, but for lists of one, which XML does not tell from their item.
fn inventoried(
    agent: &dyn Agent,
    address: &str,
    kind: Option<&str>,
    id: Option<&str>,
) -> anyhow::Result<(Map<String, Value>, Map<String, Value>)> {
    let found = inventory::inventory(agent, address, kind, id)?;
    let mut report = Report::default();
    for (section, row) in found.rows() {
        let section = schema::section(section).with_context(|| format!("no section {section}"))?;
        let notes = report.emit(section, vec![row]);
        anyhow::ensure!(notes.is_empty(), "{notes:?}");
    }
    let (mut device, beside) = inventoried_device(&report);
    for port in device
        .get_mut("PORTS")
        .and_then(|ports| ports.get_mut("PORT"))
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(connection) = port.pointer_mut("/CONNECTIONS/CONNECTION")
            && let Some([one]) = connection.as_array().map(Vec::as_slice)
        {
            *connection = one.clone();
        }
    }
    Ok((device, beside))
}

/// What one table says.
fn part(question: &Question) -> Answer {
    let Some(asked) = question.steps.last() else { return element(question) };
    let made = question.steps.first().and_then(|step| step.get("params")).context("no values")?;
    let walk = match made.get("hash") {
        Some(values) => walks::of_values(values),
        None => walks::of_question(question)?,
    };
    let device = Device::new(&walk);
    let text = |name: &str| asked.get("params").and_then(|params| params.get(name)).and_then(Value::as_str);
    match asked.get("do").and_then(Value::as_str).unwrap_or_default() {
        "get CDP info" => heard(neighbours::cdp::read(&device)?),
        "get LLDP info" => heard(neighbours::lldp::read(&device, false)?),
        "get EDP info" => heard(neighbours::edp::read(&device)?),
        "get trunk ports" => Ok(by_number(trunks::of(&device)?.into_iter().map(|(port, trunk)| (port, json!(trunk))))),
        "get known mac addresses" => {
            let root = |name| text(name).map(|oid| oid.trim_start_matches('.').to_owned()).context("no table");
            let (table, ports) = (root("address2port")?, root("port2interface")?);
            let ports = bridge::of(&device.column(&ports)?, &ports);
            let seen = mac_table::forwarded(&device.column(&table)?, &table, &ports);
            Ok(by_number(seen.into_iter().map(|(port, macs)| (port, json!(macs)))))
        }
        "set known mac addresses" => {
            let given = asked.get("params").and_then(|params| params.get("ports")).cloned().unwrap_or_default();
            let mut sections = Sections { ports: ports_of(&given), ..Sections::default() };
            mac_table::read(&device, &mut sections)?;
            with_macs(given, &sections.ports)
        }
        _ => Err(OtherKind.into()),
    }
}

fn heard(heard: neighbours::Heard) -> Answer {
    if heard.is_empty() {
        return Ok(Value::Null);
    }
    Ok(by_number(heard.into_iter().map(|(port, neighbour)| (port, names::row(neighbour.row())))))
}

fn by_number(all: impl Iterator<Item = (u32, Value)>) -> Value {
    Value::Object(all.map(|(number, value)| (number.to_string(), value)).collect())
}

/// The ports of a case, as far as addresses seen there are concerned.
fn ports_of(given: &Value) -> Ports {
    let port = |(number, port): (&String, &Value)| {
        let mut row = Row::new();
        row.maybe("mac", port.get("MAC").and_then(Value::as_str));
        let said = port.get("CONNECTIONS").and_then(|connections| connections.get("CDP")).is_some();
        let neighbour = said.then(Default::default);
        Some((number.parse().ok()?, Port { row, neighbour, ..Port::default() }))
    };
    given.as_object().into_iter().flatten().filter_map(port).collect()
}

fn with_macs(mut given: Value, ports: &Ports) -> Answer {
    for (number, port) in ports.iter().filter(|(_, port)| !port.macs.is_empty()) {
        let given = given.get_mut(number.to_string()).context("a port that was not given")?;
        names::put(given, "CONNECTIONS", json!({"CONNECTION": {"MAC": port.macs}}));
    }
    Ok(given)
}

/// Numbers of an identifier, from the front or (below nought) from the end.
fn element(question: &Question) -> Answer {
    let oid = question.param("0").and_then(Value::as_str).context("no identifier")?;
    let parts: Vec<&str> = oid.split('.').collect();
    let at = |name| {
        let index = question.param(name)?.as_i64()?;
        let length = i64::try_from(parts.len()).ok()?;
        usize::try_from(if index < 0 { length.checked_add(index)? } else { index }).ok()
    };
    let first = at("1").context("no place")?;
    Ok(match at("2") {
        Some(last) => json!(parts.get(first..=last).context("beyond its end")?),
        None => json!(parts.get(first)),
    })
}

/// The parts that a module of a maker adds.
fn components(question: &Question) -> Answer {
    let walk = walks::of_question(question)?;
    let device = Device::new(&walk);
    Ok(names::rows(airlock_mib::vendors::force10_components(&device)?))
}

/// A message as a structure. The reader of answers reads it when it looks like one; what it has as lists that an answer may
/// repeat, and what it cannot know to be lists, is put right.
fn tree(message: &str) -> Answer {
    let answer = message.replace("<REQUEST>", "<REPLY>").replace("</REQUEST>", "</REPLY>");
    let Received::Xml(reply) = Received::read(None, answer.as_bytes(), &Limits::default())?.answer else {
        bail!("a message that is no XML");
    };
    let mut tree = Value::Object(reply.members);
    if let Some(device) = tree.pointer_mut("/CONTENT/DEVICE") {
        if let Some([one]) = device.as_array().map(Vec::as_slice) {
            *device = one.clone();
        }
        if let Some(ports) = device.pointer_mut("/PORTS/PORT").filter(|ports| !ports.is_array()) {
            *ports = json!([ports]);
        }
    }
    Ok(tree)
}

/// What the server gets for its answer.
fn messages(question: &Question) -> Answer {
    let answer = question.param_text("server_answer")?;
    let deviceid = question.param_text("deviceid")?;
    let Received::Xml(reply) = Received::read(None, answer.as_bytes(), &Limits::default())?.answer else {
        bail!("no XML answer");
    };
    let mut sent = Vec::new();
    for (number, raw) in reply.options.into_iter().enumerate() {
        let (job, _) = raw.without_secrets(&format!("job{number}"));
        if job.task != "SNMPQUERY" {
            continue;
        }
        send_job(question, &deviceid, &job, &mut sent)?;
    }
    Ok(Value::Array(sent))
}

fn send_job(question: &Question, deviceid: &str, job: &Job, sent: &mut Vec<Value>) -> anyhow::Result<()> {
    // A job without a device to ask is none, and the server hears nothing of it.
    let Ok(query) = Query::of(job) else { return Ok(()) };
    let files = job.body.get("DEVICE").map(|said| said.as_array().cloned().unwrap_or_else(|| vec![said.clone()]));
    let files = files.unwrap_or_default();
    let mut say = |pid: &str, message: NetworkMessage| -> anyhow::Result<()> {
        let text = NetworkTask::Inventory.message(deviceid, pid, "1", message)?;
        let tree = tree(&text)?;
        if !sent.contains(&tree) {
            sent.push(tree);
        }
        Ok(())
    };
    if !query.silent {
        say(&query.pid, NetworkMessage::Start { agent_version: "1".to_owned() })?;
    }
    for (device, said) in query.devices.iter().zip(&files) {
        let pid = device.pid.as_deref().unwrap_or(&query.pid);
        let file = said.get("FILE").and_then(Value::as_str).unwrap_or_default();
        let (id, kind) = (device.id.as_deref(), device.kind.as_deref());
        let (device, beside) = match question.text(file) {
            Ok(text) => {
                let walk = walks::with_database(question, Walk::parse(&text))?;
                inventoried(&walk, &device.address.to_string(), kind, id)?
            }
            Err(_) => {
                (device_error(id, kind, &format!("SNMP emulation error: non-existing file '{file}'")), Map::new())
            }
        };
        say(pid, NetworkMessage::Device { device, beside })?;
    }
    if !query.silent {
        say(&query.pid, NetworkMessage::End)?;
    }
    Ok(())
}
