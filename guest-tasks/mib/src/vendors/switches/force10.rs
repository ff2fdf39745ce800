//! Stacks of Force10 S-series (F10-S-SERIES-CHASSIS-MIB): they have no ENTITY-MIB, their parts are made of the stack's tables.

use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::vendors::ent;
use crate::{Gone, Table, value};
use airlock_model::Row;

/// chStackUnitTable.
const MODEL: &str = ent!("6027.3.10.1.2.2.1.7");
const DESCRIPTION: &str = ent!("6027.3.10.1.2.2.1.9");
const CODE: &str = ent!("6027.3.10.1.2.2.1.10");
const SERIAL: &str = ent!("6027.3.10.1.2.2.1.12");
const REVISION: &str = ent!("6027.3.10.1.2.2.1.21");
/// Ports of a unit: unit and port → ifIndex.
const PORT: &str = ent!("6027.3.10.1.2.5.1.5");

pub(super) fn stack(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    if sections.components.is_empty() {
        sections.components = components(device)?;
    }
    Ok(())
}

/// The stack itself, its units, their ports, as ENTITY-MIB would tell them.
pub fn components(device: &Device) -> Result<Vec<Row>, Gone> {
    device.walk(&[MODEL, DESCRIPTION, CODE, SERIAL, REVISION, PORT])?;
    let columns = [MODEL, DESCRIPTION, CODE, SERIAL, REVISION].map(|root| device.column(root).map(|rows| (root, rows)));
    let mut rows = Vec::new();
    let mut tables = Vec::new();
    for column in columns {
        tables.push(column?);
    }
    let tables: Vec<(&str, Table)> = tables.iter().map(|(root, rows)| (*root, Table::of(rows, root))).collect();
    let said = |root: &str, unit: u32| {
        let value = tables.iter().find(|(of, _)| *of == root)?.1.at(unit)?;
        if root == SERIAL { value::serial(value) } else { value::text(value) }
    };
    let units: std::collections::BTreeSet<u32> =
        tables.iter().flat_map(|(_, table)| table.iter().filter_map(|(suffix, _)| suffix.single())).collect();
    if units.is_empty() {
        return Ok(rows);
    }
    rows.push(
        Row::new()
            .with("index", -1_i64)
            .with("containedinindex", "0")
            .with("name", "Force10 S-series Stack")
            .with("type", "stack"),
    );
    for unit in units {
        let mut row = Row::new();
        // Rows begin with one, units are counted from zero.
        row.set("index", i64::from(unit))
            .set("name", unit.saturating_sub(1).to_string())
            .set("containedinindex", "-1")
            .set("type", "chassis")
            .maybe("description", said(DESCRIPTION, unit))
            .maybe("model", said(MODEL, unit))
            .maybe("serial", said(SERIAL, unit))
            .maybe("firmware", said(CODE, unit))
            .maybe("revision", said(REVISION, unit));
        rows.push(row);
    }
    let ports = device.column(PORT)?;
    for (suffix, value) in Table::of(&ports, PORT).iter() {
        let (Some(unit), Some(port)) = (suffix.part(0), value::count(value)) else { continue };
        rows.push(Row::new().with("index", port).with("containedinindex", unit.to_string()).with("type", "port"));
    }
    Ok(rows)
}
