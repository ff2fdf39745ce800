//! The network inventory task: asks one device by SNMP what it is, what its ports are connected to, what it is made of.
//!
//! It is thin: what is thought about devices is airlock-mib, tested without wasm and without a network. The unit's target
//! is the device's address; the job says what the server calls it ([`job::Job`]).

pub mod job;

use airlock_mib::inventory::inventory;
use airlock_mib::session::Asked;
use airlock_task::{Description, Failure, Row, Task, Unit, run};

struct NetInventory;

airlock_task::task!(NetInventory);

impl Task for NetInventory {
    fn describe() -> Description {
        Description {
            name: "netinventory".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "what a network device is, what its ports are connected to, what it is made of".to_owned(),
        }
    }

    fn execute(unit: Unit) -> Result<(), Failure> {
        let job = job::parse(&unit.job).map_err(Failure::BadJob)?;
        let device = Asked::open(&unit.target)?;
        let found = inventory(&device, device.address(), job.kind.as_deref(), job.id.as_deref());
        let mut sections = found.map_err(|gone| Failure::Failed(gone.to_string()))?;
        for note in sections.notes.drain(..).chain(device.cut_short()) {
            run::log(run::Level::Warn, &format!("{}: {note}", unit.target));
        }
        for (section, rows) in together(sections.rows()) {
            run::emit(section, rows)?;
        }
        Ok(())
    }
}

/// Rows by section, in the order in which they were found: one message to the host for each.
fn together(rows: Vec<(&'static str, Row)>) -> Vec<(&'static str, Vec<Row>)> {
    let mut sections: Vec<(&'static str, Vec<Row>)> = Vec::new();
    for (section, row) in rows {
        match sections.iter_mut().find(|(known, _)| *known == section) {
            Some((_, rows)) => rows.push(row),
            None => sections.push((section, vec![row])),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_section_go_together() {
        let row = |name: &str| Row::new().with("name", name);
        let sections = together(vec![("ports", row("a")), ("vlans", row("b")), ("ports", row("c"))]);
        assert_eq!(sections, [("ports", vec![row("a"), row("c")]), ("vlans", vec![row("b")])]);
    }
}
