//! A network device as servers read it: rows of the sections of a discovery or an inventory become the members of
//! `DEVICE`.
//!
//! Rows are flat and documents are nested: connections and VLANs go below their port. A row that names a port which has
//! no row of its own gets one with nothing but its number, so that nothing is lost; a supply whose name is no name of an
//! element is refused by [`super::NetworkTask::message`].

use airlock_model::{Report, Row, Value as Fact, schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What was discovered at an address, as `DEVICE` of a discovery has it; empty when nothing was.
///
/// The row's members in upper case, and `IPS` as a list of `IP`.
pub fn discovered_device(report: &Report) -> Map<String, Value> {
    report.rows("discovered_device").first().map(|row| members("discovered_device", row)).unwrap_or_default()
}

/// An inventory, as `DEVICE` of an inventory has it, and what stands beside that (`STORAGES`). Both are empty when
/// nothing was found.
pub fn inventoried_device(report: &Report) -> (Map<String, Value>, Map<String, Value>) {
    let mut device = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            device.insert(name.to_owned(), value);
        }
    };
    let object = |section: &'static str| -> Value {
        report.rows(section).first().map(|row| members(section, row)).unwrap_or_default().into()
    };
    put("INFO", object("network_device"));
    put("PAGECOUNTERS", object("pagecounters"));
    put("PORTS", wrapped("PORT", ports(report)));
    put("COMPONENTS", wrapped("COMPONENT", list(report, "network_components")));
    for (name, section) in [("FIRMWARES", "firmwares"), ("MODEMS", "modems"), ("SIMCARDS", "simcards")] {
        put(name, list(report, section).into());
    }
    put("DRIVES", list(report, "drives").into());
    put("CARTRIDGES", supplies(report).into());
    let storages = list(report, "storages");
    let beside = Some(storages).filter(|list| !list.is_empty()).map(|list| ("STORAGES".to_owned(), list.into()));
    (device, beside.into_iter().collect())
}

/// `{"PORT": [...]}`, or nothing.
fn wrapped(name: &str, list: Vec<Value>) -> Value {
    if list.is_empty() { json!({}) } else { json!({ name: list }) }
}

fn list(report: &Report, section: &'static str) -> Vec<Value> {
    report.rows(section).iter().map(|row| members(section, row).into()).collect()
}

/// What a port has, before it is nested.
#[derive(Default)]
struct Port {
    members: Map<String, Value>,
    vlans: Vec<Value>,
    connections: Vec<Value>,
    /// The neighbour said itself who it is.
    said: bool,
}

impl Port {
    fn nested(mut self, number: i64) -> Value {
        self.members.entry("IFNUMBER").or_insert_with(|| number.into());
        if let Some(Value::Array(parts)) = self.members.remove("AGGREGATE") {
            self.members.insert("AGGREGATE".to_owned(), json!({"PORT": parts}));
        }
        if !self.vlans.is_empty() {
            self.members.insert("VLANS".to_owned(), json!({"VLAN": self.vlans}));
        }
        let mut connections = Map::new();
        if self.said {
            connections.insert("CDP".to_owned(), 1.into());
        }
        if !self.connections.is_empty() {
            connections.insert("CONNECTION".to_owned(), self.connections.into());
        }
        if !connections.is_empty() {
            self.members.insert("CONNECTIONS".to_owned(), connections.into());
        }
        self.members.into()
    }
}

/// The ports in their order, each with what is nested in it.
fn ports(report: &Report) -> Vec<Value> {
    let mut order = Vec::new();
    let mut ports: BTreeMap<i64, Port> = BTreeMap::new();
    for (section, key) in [("network_ports", "ifnumber"), ("network_vlans", "port"), ("network_connections", "port")] {
        for row in report.rows(section) {
            let Some(number) = row.integer(key) else { continue };
            let port = ports.entry(number).or_insert_with(|| {
                order.push(number);
                Port::default()
            });
            let mut members = members(section, row);
            members.remove("PORT");
            match section {
                "network_ports" => port.members.extend(members),
                "network_vlans" => port.vlans.push(members.into()),
                _ => {
                    port.said |= members.remove("CDP").is_some_and(|said| said == 1);
                    if let Some(macs) = members.remove("MACS") {
                        members.insert("MAC".to_owned(), macs);
                    }
                    if !members.is_empty() {
                        port.connections.push(members.into());
                    }
                }
            }
        }
    }
    order.into_iter().filter_map(|number| Some(ports.remove(&number)?.nested(number))).collect()
}

/// Supplies are elements of their own: `TONERBLACK` with what is left as its text.
fn supplies(report: &Report) -> Map<String, Value> {
    let supply = |row: &Row| Some((row.text("name")?.to_ascii_uppercase(), scalar(row.get("value")?)));
    report.rows("cartridges").iter().filter_map(supply).collect()
}

/// A row in the document's names; `IPS` is a list of `IP` there.
fn members(section: &'static str, row: &Row) -> Map<String, Value> {
    let section = schema::section(section);
    let member = |(name, value): (&str, &Fact)| {
        let name = section.and_then(|section| section.field(name)).map(|field| field.xml)?;
        let value = scalar(value);
        Some((name.to_owned(), if name == "IPS" { json!({ "IP": value }) } else { value }))
    };
    row.iter().filter_map(member).collect()
}

fn scalar(value: &Fact) -> Value {
    match value {
        Fact::Text(text) => text.as_str().into(),
        Fact::Integer(number) => (*number).into(),
        Fact::Boolean(yes) => u8::from(*yes).into(),
        Fact::Texts(texts) => texts.as_slice().into(),
        bytes @ Fact::Bytes(_) => bytes.to_text().into(),
    }
}
