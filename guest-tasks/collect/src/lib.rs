//! The collect task: one question of a server about this machine (files, values of the registry, instances of WMI), and its
//! results as the server expects them.
//!
//! It knows what servers write and has no rights: what is looked at is asked of the host ([`machine::Machine`]), within what
//! the owner's policy grants. A question with a word that nobody here knows is refused whole: a server that meant something
//! by it would be misled by any answer. Commands are not run for collections at all.

mod answer;
pub mod job;
pub mod machine;
#[cfg(test)]
mod tests;

use airlock_task::{Description, Error, Failure, Task, Unit};
use job::Job;
use machine::{Host, Machine};

struct Collect;

airlock_task::task!(Collect);

impl Task for Collect {
    fn describe() -> Description {
        Description {
            name: "collect".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "files, values of the registry and of WMI that a server asks for".to_owned(),
        }
    }

    fn execute(unit: Unit) -> Result<(), Failure> {
        run(&mut Host, &unit.job)
    }
}

/// Answers one question. That there is nothing of the kind is no failure, and no answer.
pub fn run(machine: &mut impl Machine, job: &str) -> Result<(), Failure> {
    let results = match job::parse(job).map_err(Failure::BadJob)? {
        Job::Files(find) => machine.find_files(&find).map(answer::files),
        Job::Registry(path) => machine.registry(&path).map(|values| answer::registry(machine, values)),
        Job::Wmi(wmi) => machine.wmi(&wmi.class, &wmi.properties).map(|found| answer::instances(machine, found)),
    };
    let results = match results {
        Ok(results) => results,
        Err(error) => return nothing(machine, error),
    };
    for fields in results {
        machine.answer(&fields)?;
    }
    Ok(())
}

fn nothing(machine: &mut impl Machine, error: Error) -> Result<(), Failure> {
    match error {
        Error::NotFound => Ok(()),
        Error::Unsupported => {
            machine.warn("this kind of machine has nothing of the kind; the answer is empty");
            Ok(())
        }
        Error::Invalid(why) => Err(Failure::BadJob(why)),
        Error::Exhausted(_) => {
            Err(Failure::Failed(format!("budget exceeded, and nothing is answered: {}", airlock_task::words(&error))))
        }
        other => Err(other.into()),
    }
}
