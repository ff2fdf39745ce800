//! Slots and the cards in them.

use super::{parts, table::Table};
use airlock_model::Row;

const MOST: usize = 4096;

/// The slots: of x86 all of them, of SPARC those with a device, which comes once for each of its functions.
pub fn slots(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (title, lines) in parts(text) {
        if title == "Upgradeable Slots" {
            rows.extend(upgradeable(&lines));
        } else if title.starts_with("IO ") {
            rows.extend(cards(&lines).unwrap_or_else(|| devices(&lines)));
        }
    }
    rows.truncate(MOST);
    rows
}

fn upgradeable(lines: &[&str]) -> Vec<Row> {
    let Some(table) = Table::of(lines) else { return Vec::new() };
    let columns = ["ID", "Status", "Type", "Description"].map(|heading| table.column(&[heading]));
    let [Some(id), Some(status), Some(kind), Some(description)] = columns else { return Vec::new() };
    let rows = table.rows.iter().take_while(|row| !row.trim().is_empty()).take(MOST);
    let row = |row: &&str| {
        let mut slot = Row::new();
        slot.set("name", table.cell(row, id)).set("description", table.cell(row, kind));
        slot.set("designation", table.cell(row, description));
        let status = match table.cell(row, status).as_str() {
            "available" => Some("free"),
            "in use" => Some("used"),
            _ => None,
        };
        slot.maybe("status", status);
        slot
    };
    rows.map(row).collect()
}

/// A table with a column for the slot. Devices of the board itself (`MB`) are in none.
fn cards(lines: &[&str]) -> Option<Vec<Row>> {
    let table = Table::of(lines)?;
    let (slot, name) = (table.column(&["Slot"]), table.column(&["Name"])?);
    let kind = table.column(&["Type"]);
    let (Some(slot), Some(kind)) = (slot, kind) else { return Some(Vec::new()) };
    let mut found = Vec::new();
    for row in table.rows.iter().take(MOST) {
        let [slot, kind, name] = [slot, kind, name].map(|column| table.cell(row, column));
        // The state and the path of a device follow on a line that has no kind.
        if slot.is_empty() || slot == "MB" || kind.is_empty() || name.is_empty() {
            continue;
        }
        let device = name.split(' ').next().unwrap_or_default();
        found.push(Row::new().with("description", kind).with("designation", device).with("name", slot));
    }
    Some(found)
}

/// sun4v: place, bus and device on one line, the device's path below it, indented.
fn devices(lines: &[&str]) -> Vec<Row> {
    if !lines.iter().any(|line| line.starts_with("Slot +")) {
        return Vec::new();
    }
    let below = lines.iter().skip_while(|line| !line.starts_with("--")).skip(1);
    let row = |line: &&str| {
        let mut words = line.split_ascii_whitespace();
        let (place, bus, device) = (words.next()?, words.next()?, words.next()?);
        let is_bus = bus.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        (!line.starts_with([' ', '\t']) && is_bus)
            .then(|| Row::new().with("description", bus).with("designation", device).with("name", place))
    };
    below.filter_map(row).take(MOST).collect()
}
