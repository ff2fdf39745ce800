//! The inventory task: chooses sections by category, reads them, merges and normalises their rows, and emits them.
//!
//! It has opinions and no rights. What it thinks about rows is in plain functions ([`normalise`]), tested without wasm.

mod accesslog;
pub mod contradictions;
pub mod job;
pub mod manufacturer;
pub mod memory_part;
pub mod normalise;
pub mod plan;

use airlock_task::{Description, Failure, Task, Unit, facts, run, words};

struct Inventory;

airlock_task::task!(Inventory);

impl Task for Inventory {
    fn describe() -> Description {
        Description {
            name: "inventory".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "what this machine is: hardware, system, software, users".to_owned(),
        }
    }

    fn execute(unit: Unit) -> Result<(), Failure> {
        let job = job::parse(&unit.job).map_err(Failure::BadJob)?;
        let known = facts::sections()?;
        let plan = plan::choose(&job, &known);
        for category in plan::not_shown(&job, &known) {
            let what = format!("nothing is shown of the category {category}: it is not granted, or not to be had here");
            run::log(run::Level::Warn, &what);
        }
        let names: Vec<String> = plan.iter().map(|section| section.name.clone()).collect();
        facts::expect(&names)?;
        let total = u32::try_from(plan.len()).unwrap_or(u32::MAX);
        let mut context = normalise::Context::default();
        for (done, section) in (0..).zip(&plan) {
            run::progress(done, total)?;
            // One section that cannot be read does not cost the others: the host notes it as incomplete.
            match facts::read(&section.name) {
                Ok(reading) => {
                    let mut table = reading.rows;
                    section.keep_wanted(&mut table);
                    let table = normalise::section(&section.name, table, &mut context);
                    for what in context.left_out.drain(..) {
                        run::log(run::Level::Info, &format!("{}: {what}", section.name));
                    }
                    for contradiction in context.contradictions.drain(..) {
                        run::log(run::Level::Warn, &format!("{}: {contradiction}", section.name));
                    }
                    run::emit_table(&section.name, table)?;
                }
                Err(error) => run::log(run::Level::Warn, &format!("{}: {}", section.name, words(&error))),
            }
        }
        if job.wants("accesslog") {
            run::emit("accesslog", vec![accesslog::row(&run::now()?)])?;
        }
        run::progress(total, total)?;
        Ok(())
    }
}
