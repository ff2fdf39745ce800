//! What becomes of the rows of a section before they are reported: objects merged, makers under one name, values that
//! only make sense beside another section's put right. Pure functions from rows to rows.

mod bios;
mod devices;
mod memories;
mod repeats;

use airlock_task::Row;

/// What later sections need to know of earlier ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The machine as a whole.
    pub hardware: Row,
}

impl Context {
    /// The kind of virtual machine or container this is; none when it is a physical machine.
    fn virtual_kind(&self) -> Option<&str> {
        self.hardware.text("vmsystem").filter(|kind| *kind != "Physical")
    }
}

/// Normalises the rows of one section. A section without rules of its own is left as it was read.
pub fn section(name: &str, rows: Vec<Row>, context: &mut Context) -> Vec<Row> {
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
        "softwares" => repeats::drop_repeats(rows, &["name", "version", "arch", "from", "userid"]),
        "users" => repeats::drop_repeats(rows, &["login", "domain"]),
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
