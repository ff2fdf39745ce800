//! `cargo xtask lab`: an inventory against the truth about a virtual machine, whose every identifier somebody configured.
//!
//! Each identifier that an inventory has a field for must stand in that field, and what belongs to one thing in one row.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Options {
    /// What was configured, as JSON
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// The inventory, as JSON
    #[arg(long, value_name = "FILE")]
    inventory: PathBuf,
}

/// How a configured value stands in an inventory.
#[derive(Clone, Copy)]
enum As {
    /// The same text, in whatever case.
    Text,
    /// One text within the other: makers go by several names, serial numbers of a kind get a suffix each.
    Part,
    /// `03/17/2024` as `2024-03-17`.
    Date,
    /// Bytes as units of 10⁶ bytes, rounded either way; or MiB as they are.
    Size,
    /// `10.20.30.40/24` as its address.
    Address,
}

/// What has a field: the end of its path in the truth (a star is any number), the section, the field.
const FIELDS: &[(&str, &str, &str, As)] = &[
    ("hostname", "hardware", "name", As::Text),
    ("bios.vendor", "bios", "bmanufacturer", As::Part),
    ("bios.version", "bios", "bversion", As::Text),
    ("bios.date", "bios", "bdate", As::Date),
    ("system.manufacturer", "bios", "smanufacturer", As::Part),
    ("system.product", "bios", "smodel", As::Text),
    ("system.serial", "bios", "ssn", As::Text),
    ("system.sku", "bios", "skunumber", As::Text),
    ("system.uuid", "hardware", "uuid", As::Text),
    ("board.manufacturer", "bios", "mmanufacturer", As::Part),
    ("board.product", "bios", "mmodel", As::Text),
    ("board.serial", "bios", "msn", As::Text),
    ("chassis.serial", "bios", "enclosureserial", As::Text),
    ("chassis.asset", "bios", "assettag", As::Text),
    ("device_tree.model", "bios", "smodel", As::Text),
    ("device_tree.serial_number", "bios", "ssn", As::Text),
    ("cpu.model", "cpus", "name", As::Text),
    ("cpu.serial", "cpus", "serial", As::Part),
    ("dimms.*.locator", "memories", "caption", As::Part),
    ("dimms.*.size_mib", "memories", "capacity", As::Size),
    ("dimms.*.manufacturer", "memories", "manufacturer", As::Part),
    ("dimms.*.serial", "memories", "serialnumber", As::Text),
    ("dimms.*.part", "memories", "model", As::Text),
    ("dimms.*.speed", "memories", "speed", As::Text),
    ("slots.*.designation", "slots", "name", As::Text),
    ("psu.*.name", "powersupplies", "name", As::Text),
    ("psu.*.manufacturer", "powersupplies", "manufacturer", As::Part),
    ("psu.*.serial", "powersupplies", "serialnumber", As::Text),
    ("psu.*.part", "powersupplies", "partnum", As::Text),
    ("acpi_battery.model", "batteries", "name", As::Text),
    ("acpi_battery.serial", "batteries", "serial", As::Text),
    ("acpi_battery.oem", "batteries", "manufacturer", As::Part),
    ("disks.*.model", "storages", "model", As::Part),
    ("disks.*.serial", "storages", "serial", As::Text),
    ("disks.*.size", "storages", "disksize", As::Size),
    ("disks.*.wwn", "storages", "wwn", As::Part),
    ("disks.*.label", "drives", "label", As::Text),
    ("nics.*.mac", "networks", "mac", As::Text),
    ("usb.*.serial", "usbdevices", "serial", As::Text),
    ("monitor.name", "monitors", "caption", As::Text),
    ("monitor.serial", "monitors", "serial", As::Text),
    ("inside.bridge.name", "networks", "description", As::Text),
    ("inside.bridge.ip", "networks", "ipaddress", As::Address),
    ("inside.vlan.name", "networks", "description", As::Text),
    ("inside.vlan.ip", "networks", "ipaddress", As::Address),
    ("inside.vlan.ip6", "networks", "ipaddress6", As::Address),
    ("inside.bond.name", "networks", "description", As::Text),
    ("inside.bond.ip", "networks", "ipaddress", As::Address),
    ("inside.filesystems.*.mount", "drives", "type", As::Text),
    ("inside.filesystems.*.fs", "drives", "filesystem", As::Text),
    ("inside.filesystems.*.label", "drives", "label", As::Text),
    ("inside.filesystems.*.uuid", "drives", "serial", As::Text),
];

/// What no inventory has a field for.
const WITHOUT_FIELD: &[&str] = &[
    "*.asset",
    "system.version",
    "system.family",
    "board.version",
    "board.location",
    "chassis.manufacturer",
    "chassis.version",
    "chassis.sku",
    "cpu.part",
    "cpu.manufacturer",
    "cpu.version",
    "oem_strings.*",
    "ipmi.*.*",
    "ipmi.guid",
    "nics.*.model",
    "name",
    "inside.filesystems.*.luks",
    "portable_battery.*",
    "monitor.product",
];

/// The ends of paths that are identifiers.
const IDENTIFIERS: &[&str] = &[
    "serial",
    "asset",
    "part",
    "uuid",
    "mac",
    "label",
    "wwn",
    "sku",
    "locator",
    "product",
    "name",
    "ip",
    "ip6",
    "luks",
    "model",
    "version",
    "manufacturer",
];

/// A field, how the value stands in it, and the value.
type Wanted<'a> = (&'a str, As, &'a str);

enum Verdict {
    Right,
    WithoutField,
    /// Somewhere in the inventory, by section and field; or nowhere.
    Elsewhere(Vec<String>),
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let truth = read(&options.truth)?;
    let inventory = read(&options.inventory)?;
    let content = inventory.get("content").context("the inventory has no content")?;
    let mut leaves = Vec::new();
    walk(&truth, "", &mut leaves);
    let verdicts = judge(&leaves, content);
    let count = |wanted: fn(&Verdict) -> bool| verdicts.iter().filter(|(_, _, verdict)| wanted(verdict)).count();
    for (path, value, verdict) in &verdicts {
        if let Verdict::Elsewhere(places) = verdict {
            let found = if places.is_empty() { "nowhere".to_owned() } else { format!("only in {}", places.join(", ")) };
            println!("{path} = {value}: {found}");
        }
    }
    let wrong = count(|verdict| matches!(verdict, Verdict::Elsewhere(_)));
    println!(
        "{} identifiers: {} in their fields, {} without a field, {wrong} not where they belong",
        verdicts.len(),
        count(|verdict| matches!(verdict, Verdict::Right)),
        count(|verdict| matches!(verdict, Verdict::WithoutField)),
    );
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

/// Every text and number of a document with its path.
fn walk(value: &Value, path: &str, leaves: &mut Vec<(String, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(value, &below(name), leaves)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| walk(value, &below(&at.to_string()), leaves))
        }
        Value::String(text) if !text.is_empty() => leaves.push((path.to_owned(), text.clone())),
        Value::Number(number) => leaves.push((path.to_owned(), number.to_string())),
        _ => {}
    }
}

fn judge(leaves: &[(String, String)], content: &Value) -> Vec<(String, String, Verdict)> {
    // What belongs to one thing of a list has to stand in one row: the row that holds most of it.
    let mut things: BTreeMap<(String, &str), Vec<Wanted>> = BTreeMap::new();
    let rule = |path: &str| FIELDS.iter().find(|(pattern, ..)| fits(pattern, path));
    for (path, value) in leaves {
        if let Some((_, section, field, kind)) = rule(path) {
            things.entry((thing(path), section)).or_default().push((field, *kind, value));
        }
    }
    let mut verdicts = Vec::new();
    for (path, value) in leaves {
        let identifier = path.rsplit('.').next().is_some_and(|end| IDENTIFIERS.contains(&end));
        let verdict = match rule(path) {
            Some((_, section, field, kind)) => {
                let wanted = things.get(&(thing(path), *section)).map(Vec::as_slice).unwrap_or_default();
                // Nothing is in a place for memory of size 0, and nothing else is said of it.
                let empty = value == "0";
                let holds =
                    |row: &Value| wanted.iter().filter(|(field, kind, value)| has(row, field, *kind, value)).count();
                let best = rows(content, section).into_iter().max_by_key(holds);
                match best.filter(|row| empty || has(row, field, *kind, value)) {
                    Some(_) => Verdict::Right,
                    None => Verdict::Elsewhere(elsewhere(content, value)),
                }
            }
            None if WITHOUT_FIELD.iter().any(|pattern| fits(pattern, path)) => Verdict::WithoutField,
            None if identifier => Verdict::Elsewhere(elsewhere(content, value)),
            None => continue,
        };
        verdicts.push((path.clone(), value.clone(), verdict));
    }
    verdicts
}

/// The path of the thing that a leaf belongs to.
fn thing(path: &str) -> String {
    path.rsplit_once('.').map_or_else(String::new, |(thing, _)| thing.to_owned())
}

/// Whether a path ends as a pattern says, part by part.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), path.split('.').collect());
    let whole = pattern.first() == Some(&"*") || pattern.len() == path.len();
    let same = |(part, name): (&&str, &&str)| *part == "*" || part == name;
    whole && pattern.len() <= path.len() && pattern.iter().rev().zip(path.iter().rev()).all(same)
}

fn rows(content: &Value, section: &str) -> Vec<Value> {
    match content.get(section) {
        Some(Value::Array(list)) if section == "networks" => interfaces(list),
        Some(Value::Array(list)) => list.clone(),
        Some(row) => vec![row.clone()],
        None => Vec::new(),
    }
}

/// An interface has a row for each of its addresses: one row each, with lists of what they say.
fn interfaces(rows: &[Value]) -> Vec<Value> {
    let mut whole: BTreeMap<String, serde_json::Map<String, Value>> = BTreeMap::new();
    for row in rows.iter().filter_map(Value::as_object) {
        let interface = whole.entry(row.get("description").map(text).unwrap_or_default()).or_default();
        for (field, value) in row {
            let values = interface.entry(field.clone()).or_insert_with(|| Value::Array(Vec::new()));
            values.as_array_mut().into_iter().for_each(|list| list.push(value.clone()));
        }
    }
    whole.into_values().map(Value::Object).collect()
}

fn has(row: &Value, field: &str, kind: As, value: &str) -> bool {
    let values: Vec<String> = match row.get(field) {
        Some(Value::Array(list)) => list.iter().map(text).collect(),
        Some(value) => vec![text(value)],
        None => return false,
    };
    values.iter().any(|found| matches(kind, value, found))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn matches(kind: As, value: &str, found: &str) -> bool {
    let (value, found) = (value.trim().to_lowercase(), found.trim().to_lowercase());
    match kind {
        As::Text => value == found,
        As::Part => {
            let value = value.trim_start_matches("0x");
            !found.is_empty() && (value.contains(&found) || found.contains(value))
        }
        As::Date => {
            let mut parts = value.splitn(3, '/');
            let (month, day, year) = (parts.next(), parts.next(), parts.next());
            found == [year, month, day].map(Option::unwrap_or_default).join("-")
        }
        As::Size => match (value.parse::<u64>(), found.parse::<u64>()) {
            (Ok(value), Ok(found)) => value == found || (value / 1_000_000).abs_diff(found) <= 1,
            _ => false,
        },
        As::Address => value.split('/').next() == Some(found.as_str()),
    }
}

/// Sections and fields in which a text stands somewhere.
fn elsewhere(content: &Value, value: &str) -> Vec<String> {
    let mut leaves = Vec::new();
    walk(content, "", &mut leaves);
    let wanted = value.to_lowercase();
    let found = leaves.into_iter().filter(|(_, text)| wanted.len() > 2 && text.to_lowercase().contains(&wanted));
    let mut places: Vec<String> = found.map(|(path, _)| path).collect();
    places.truncate(3);
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(truth: Value, content: Value) -> Vec<String> {
        let mut leaves = Vec::new();
        walk(&truth, "", &mut leaves);
        let verdicts = judge(&leaves, &content).into_iter();
        verdicts.filter(|(_, _, verdict)| matches!(verdict, Verdict::Elsewhere(_))).map(|(path, ..)| path).collect()
    }

    #[test]
    fn what_belongs_together_stands_in_one_row() {
        let truth = json!({"dimms": [{"locator": "A1", "serial": "S1"}, {"locator": "B1", "serial": "S2"}]});
        let right =
            json!({"memories": [{"caption": "A1", "serialnumber": "S1"}, {"caption": "B1", "serialnumber": "S2"}]});
        assert!(wrong(truth.clone(), right).is_empty());
        let mixed =
            json!({"memories": [{"caption": "A1", "serialnumber": "S2"}, {"caption": "B1", "serialnumber": "S1"}]});
        assert_eq!(wrong(truth, mixed).len(), 2);
    }

    #[test]
    fn a_value_in_another_field_is_not_where_it_belongs() {
        let truth = json!({"system": {"serial": "SN-1", "version": "B"}, "bios": {"date": "03/17/2024"}});
        let content = json!({"bios": {"msn": "SN-1", "bdate": "2024-03-17"}});
        assert_eq!(wrong(truth, content), ["system.serial"]);
    }
}
