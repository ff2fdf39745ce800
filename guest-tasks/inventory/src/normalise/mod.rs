//! What becomes of the rows of a section before they are reported: objects merged, makers under one name, values that
//! only make sense beside another section's put right. Pure functions.

mod bios;
mod devices;
mod known_bad;
mod memories;

use crate::contradictions;
use airlock_task::{Row, Table};

/// What later sections need to know of earlier ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The machine as a whole.
    pub hardware: Row,
    /// What was at odds in the section that was normalised last, in words.
    pub contradictions: Vec<String>,
    /// What was taken out of that section, in words.
    pub left_out: Vec<String>,
}

impl Context {
    /// The kind of virtual machine or container this is; none when it is a physical machine.
    fn virtual_kind(&self) -> Option<&str> {
        self.hardware.text("vmsystem").filter(|kind| *kind != "Physical")
    }
}

/// Normalises one section. Sections of many rows are worked on as the tables that they are.
pub fn section(name: &str, mut table: Table, context: &mut Context) -> Table {
    match name {
        "softwares" => table.keep_first(&["name", "version", "arch", "from", "userid", "username"]),
        "users" => table.keep_first(&["login", "domain"]),
        "hardware" | "bios" | "operatingsystem" | "cpus" | "usbdevices" | "storages" | "memories" | "batteries"
        | "monitors" | "powersupplies" => {
            let mut rows = rows(name, table.into_rows(), context);
            context.left_out = known_bad::remove(name, &mut rows);
            context.contradictions = contradictions::of(name, &rows, context);
            return Table::from_rows(rows);
        }
        _ => {}
    }
    table
}

/// The sections whose rules are about single rows.
fn rows(name: &str, rows: Vec<Row>, context: &mut Context) -> Vec<Row> {
    match name {
        "hardware" => {
            let one = merged(rows);
            context.hardware = one.clone();
            vec![one]
        }
        "bios" => vec![bios::normalise(merged(rows), context)],
        "operatingsystem" => vec![merged(rows)],
        "cpus" | "usbdevices" => devices::canonical_makers(rows),
        "storages" => devices::storages(rows),
        "memories" => memories::normalise(rows, context),
        _ => rows,
    }
}

/// The rows of an object as one; later values win.
fn merged(rows: Vec<Row>) -> Row {
    rows.into_iter().fold(Row::new(), |mut one, row| {
        one.merge(row);
        one
    })
}
