//! The deploy task: one job of a server, from its checks to its last action.
//!
//! It knows the servers' rules and has no rights: every file, command and question is asked of the host
//! ([`machine::Machine`]), and what the owner's policy refuses is told to the server in words. What it thinks is plain Rust,
//! tested without wasm. It takes nothing of what a server writes for more than it says: paths and command lines are not
//! expanded, names are names, patterns are bounded.

mod action;
#[cfg(test)]
mod captured;
pub mod check;
mod download;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
mod glob;
mod host;
pub mod job;
pub mod machine;
mod person;
mod place;
mod report;
mod run;
#[cfg(test)]
mod stories;
mod trouble;

pub use download::is_downloaded;
pub use run::{End, run};

use airlock_task::{Description, Failure, Task, Unit};

struct Deploy;

airlock_task::task!(Deploy);

impl Task for Deploy {
    fn describe() -> Description {
        Description {
            name: "deploy".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "software and files for this machine, as a server's job says".to_owned(),
        }
    }

    fn execute(unit: Unit) -> Result<(), Failure> {
        match run(&mut host::Host, &unit.job) {
            End::Done | End::Skipped | End::Stopped => Ok(()),
            End::NoJob(refusal) => Err(Failure::BadJob(refusal.to_string())),
            End::Failed(words) => Err(Failure::Failed(words)),
            End::Refused(denial) | End::Held(denial) => Err(Failure::Denied(denial)),
            End::Over(error) => Err(error.into()),
        }
    }
}
