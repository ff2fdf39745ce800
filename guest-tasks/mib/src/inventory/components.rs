//! Parts: chassis, modules, power supplies, … (ENTITY-MIB, RFC 6933), with what Cisco and Dell keep of them elsewhere.

use crate::device::Device;
use crate::{Gone, Suffix, Syntax, Table, value};
use airlock_model::{Row, Value};
use std::collections::BTreeMap;

/// How a value becomes a field.
type Read = fn(&Syntax) -> Option<Value>;

const COLUMNS: &[(&str, &str, Read)] = &[
    ("1.3.6.1.2.1.47.1.1.1.1.2", "description", text),
    ("1.3.6.1.2.1.47.1.1.1.1.4", "containedinindex", text),
    ("1.3.6.1.2.1.47.1.1.1.1.5", "type", kind),
    ("1.3.6.1.2.1.47.1.1.1.1.7", "name", text),
    ("1.3.6.1.2.1.47.1.1.1.1.8", "revision", text),
    ("1.3.6.1.2.1.47.1.1.1.1.9", "firmware", text),
    ("1.3.6.1.2.1.47.1.1.1.1.10", "version", text),
    ("1.3.6.1.2.1.47.1.1.1.1.11", "serial", serial),
    ("1.3.6.1.2.1.47.1.1.1.1.12", "manufacturer", text),
    ("1.3.6.1.2.1.47.1.1.1.1.13", "model", text),
    ("1.3.6.1.2.1.47.1.1.1.1.16", "fru", |value| value::within(value, 1..=2).map(Value::from)),
];
const INDEX: &str = "1.3.6.1.2.1.47.1.1.1.1.1";
/// CISCO-LWAPP-AP-MIB: the part of an access point by its number, its address; AIRESPACE: its IP address.
const CISCO_PART: &str = "1.3.6.1.4.1.9.9.513.1.1.1.1.4";
const CISCO_MAC: &str = "1.3.6.1.4.1.9.9.513.1.1.1.1.2";
const CISCO_IP: &str = "1.3.6.1.4.1.14179.2.2.1.1.19";
/// The serial number of each unit of a Dell stack.
const DELL_SERIAL: &str = "1.3.6.1.4.1.674.10895.3000.1.2.100.8.1.2";

/// PhysicalClass.
const KINDS: &[&str] = &[
    "other",
    "unknown",
    "chassis",
    "backplane",
    "container",
    "powerSupply",
    "fan",
    "sensor",
    "module",
    "port",
    "stack",
    "cpu",
];

fn text(value: &Syntax) -> Option<Value> {
    value::text(value).map(Value::from)
}

fn serial(value: &Syntax) -> Option<Value> {
    value::serial(value).map(Value::from)
}

fn kind(value: &Syntax) -> Option<Value> {
    let at = usize::try_from(value::integer(value)?.checked_sub(1)?).ok()?;
    KINDS.get(at).map(|kind| Value::from(*kind))
}

/// The parts in the order of their numbers.
pub fn read(device: &Device) -> Result<Vec<Row>, Gone> {
    device.walk(&COLUMNS.iter().map(|column| column.0).chain([INDEX]).collect::<Vec<_>>())?;
    let mut parts: BTreeMap<u32, Row> = BTreeMap::new();
    for (root, field, read) in COLUMNS {
        let rows = device.column(root)?;
        for (suffix, value) in Table::of(&rows, root).iter() {
            if let (Some(number), Some(value)) = (suffix.single(), read(value)) {
                parts.entry(number).or_insert_with(|| Row::new().with("index", number)).set(*field, value);
            }
        }
    }
    if !parts.is_empty() {
        access_points(device, &mut parts)?;
        dell_stack(device, &mut parts)?;
    }
    Ok(parts.into_values().collect())
}

/// Addresses of access points, which a controller of Cisco's counts among its parts.
fn access_points(device: &Device, parts: &mut BTreeMap<u32, Row>) -> Result<(), Gone> {
    device.walk(&[CISCO_PART, CISCO_MAC, CISCO_IP])?;
    let rows = device.column(CISCO_PART)?;
    let macs = device.column(CISCO_MAC)?;
    let ips = device.column(CISCO_IP)?;
    let (macs, ips) = (Table::of(&macs, CISCO_MAC), Table::of(&ips, CISCO_IP));
    for (suffix, part) in Table::of(&rows, CISCO_PART).iter() {
        let part = value::integer(part).and_then(|part| u32::try_from(part).ok());
        if let Some(row) = part.and_then(|part| parts.get_mut(&part)) {
            row.maybe("mac", macs.get(suffix).and_then(value::mac));
            row.maybe("ip", ips.get(suffix).and_then(value::address));
        }
    }
    Ok(())
}

/// Units of a stack that do not say their serial numbers where they should: the n-th has the n-th.
fn dell_stack(device: &Device, parts: &mut BTreeMap<u32, Row>) -> Result<(), Gone> {
    let rows = device.column(DELL_SERIAL)?;
    let serials = Table::of(&rows, DELL_SERIAL);
    let serial = |(suffix, value): (&Suffix, &Syntax)| Some((suffix.from_end(0)?, value::serial(value)?));
    let serials: BTreeMap<u32, String> = serials.iter().filter_map(serial).collect();
    let units = parts.values_mut().filter(|row| row.text("type") == Some("chassis"));
    for (row, (number, serial)) in units.zip(serials) {
        row.otherwise("serial", Some(serial));
        row.otherwise("stack_number", Some(number));
    }
    Ok(())
}
