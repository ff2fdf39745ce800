//! Memory modules.

use super::{parts, table::Table};
use crate::units::{Base, Number, megabytes};
use airlock_model::Row;
use std::collections::BTreeMap;

/// More modules than any machine of this kind takes, in all and in one row of a table.
const MOST: usize = 4096;
const MOST_OF_ROW: u64 = 256;

fn binary_megabytes(text: &str) -> Option<u64> {
    megabytes(text, Base::Binary).and_then(Number::whole)
}

/// The memory modules, each with its number, counted from 0.
pub fn memories(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (title, lines) in parts(text) {
        if title == "Memory Device Sockets" {
            rows.extend(sockets(&lines));
        } else if title.starts_with("Memory") || title.contains("Memory Configuration") {
            let sizes = [logical_banks(&lines), segments(&lines), banks(&lines)];
            let sizes = sizes.into_iter().find(|sizes| !sizes.is_empty()).unwrap_or_default();
            rows.extend(sizes.into_iter().map(|size| Row::new().with("capacity", size).with("type", "DIMM")));
        }
    }
    rows.truncate(MOST);
    for (row, number) in rows.iter_mut().zip(0_i64..) {
        row.set("numslots", number);
    }
    rows
}

/// x86: a socket a row, which knows the kind of module and not its size.
fn sockets(lines: &[&str]) -> Vec<Row> {
    let Some(table) = Table::of(lines) else { return Vec::new() };
    let Some(kind) = table.column(&["Type"]) else { return Vec::new() };
    let rows = table.rows.iter().take_while(|row| !row.trim().is_empty());
    let row = |row: &&str| Row::new().with("description", "DIMM").with("type", table.cell(row, kind));
    rows.take(MOST).map(row).collect()
}

/// A row a logical bank, with the size of its modules; how many, is said or follows from the bank's size.
fn logical_banks(lines: &[&str]) -> Vec<u64> {
    let Some(table) = Table::of(lines) else { return Vec::new() };
    let Some(module) = table.column(&["DIMM", "Size"]) else { return Vec::new() };
    let count = table.column(&["#", "DIMMs"]);
    let bank = table.column(&["Bank", "Size"]);
    let mut sizes = Vec::new();
    for row in &table.rows {
        let Some(size) = binary_megabytes(&table.cell(row, module)).filter(|size| *size > 0) else { continue };
        let modules = match (count, bank) {
            (Some(count), _) => table.cell(row, count).parse().ok(),
            (None, Some(bank)) => binary_megabytes(&table.cell(row, bank)).map(|bank| bank / size),
            (None, None) => None,
        };
        let modules = modules.unwrap_or(1).min(MOST_OF_ROW);
        sizes.extend((0..modules).map(|_| size));
        if sizes.len() >= MOST {
            break;
        }
    }
    sizes
}

/// sun4v: the size of a bank and the modules that it consists of, some of them on lines of their own.
fn segments(lines: &[&str]) -> Vec<u64> {
    let mut banks: Vec<(u64, usize)> = Vec::new();
    for line in lines {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let Some((names, before)) = words.split_last() else { continue };
        if !names.contains('/') {
            continue;
        }
        let modules = names.split(',').filter(|name| name.contains('/')).count();
        let size = before.last_chunk::<2>().filter(|[_, unit]| unit.ends_with('B'));
        let size = size.and_then(|[number, unit]| binary_megabytes(&format!("{number} {unit}")));
        match (size, banks.last_mut()) {
            (Some(size), _) => banks.push((size, modules)),
            (None, Some((_, count))) if before.is_empty() => *count += modules,
            _ => {}
        }
    }
    let modules = banks.into_iter().flat_map(|(size, count)| {
        let size = u64::try_from(count).ok().and_then(|count| size.checked_div(count)).unwrap_or(size);
        (0..count).map(move |_| size)
    });
    modules.filter(|size| *size > 0).take(MOST).collect()
}

/// The small Sun Fire machines: banks by group, and the modules that a group consists of. Banks are ranks, not modules.
fn banks(lines: &[&str]) -> Vec<u64> {
    #[derive(PartialEq)]
    enum In {
        Nothing,
        Banks,
        Modules,
    }
    let mut place = In::Nothing;
    let mut groups: BTreeMap<(u32, u32), (Vec<u64>, u64)> = BTreeMap::new();
    for line in lines {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words.as_slice() {
            ["Bank", "Table:", ..] => place = In::Banks,
            ["Memory", "Module", "Groups:", ..] => place = In::Modules,
            [_, controller, group, size, ..] if place == In::Banks => {
                if let (Ok(controller), Ok(group), Some(size)) =
                    (controller.parse(), group.parse(), binary_megabytes(size))
                {
                    groups.entry((controller, group)).or_default().0.push(size);
                }
            }
            [controller, group, labels, ..] if place == In::Modules => {
                if let (Ok(controller), Ok(group)) = (controller.parse(), group.parse()) {
                    let modules = labels.split(',').filter(|label| !label.is_empty()).count();
                    groups.entry((controller, group)).or_default().1 += u64::try_from(modules).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    let mut sizes = Vec::new();
    for (banks, modules) in groups.into_values() {
        match banks.iter().sum::<u64>().checked_div(modules) {
            Some(size) if size > 0 => sizes.extend((0..modules).map(|_| size)),
            _ => sizes.extend(banks),
        }
        if sizes.len() >= MOST {
            break;
        }
    }
    sizes
}
