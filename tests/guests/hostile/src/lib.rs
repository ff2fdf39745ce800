//! A task that misbehaves in the way that `unit.target` names, and for each way one that looks alike and is allowed.
//!
//! The target is a word and, where it makes sense, a number or names: `text 100000000`, `read envs processes`.

mod calls;
mod corpus;
mod emits;
mod resources;
mod told;

use airlock_task::{Description, Failure, Task, Unit, facts, run, words};

struct Hostile;

airlock_task::task!(Hostile);

impl Task for Hostile {
    fn describe() -> Description {
        Description {
            name: "hostile".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "misbehaves as it is asked to".to_owned(),
        }
    }

    fn execute(unit: Unit) -> Result<(), Failure> {
        let mut words = unit.target.split(' ');
        let what = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        let number = rest.first().and_then(|n| n.parse().ok()).unwrap_or(0);
        match what {
            "loop" => resources::spin(u64::MAX),
            "spin" => resources::spin(u64::try_from(number).unwrap_or(0)),
            "calls" => resources::calls(number),
            "calls-for-ever" => resources::calls_for_ever(),
            "memory" => resources::memory(number),
            "table" => resources::table(number),
            "recursion" => resources::recursion(number),
            "panic" => resources::give_up(),
            "log" => resources::log(number),
            "log-bytes" => run::log(run::Level::Info, &"x".repeat(number)),
            "text" => emits::one_text(number)?,
            "values" => emits::values(number)?,
            "echoes" => emits::echoes(number)?,
            "echoed-list" => emits::echoed_list(number)?,
            "fields" => emits::fields(number)?,
            "name" => emits::section_name(number)?,
            "odd" => emits::odd(),
            "escapes" => emits::escapes()?,
            "read" => read(&rest)?,
            "expect" => facts::expect(&rest.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())?,
            "copy" => copy()?,
            "file" => calls::file(&calls::fields(&unit.job))?,
            "fetch" => calls::fetch(&calls::fields(&unit.job))?,
            "exec" => calls::exec(&calls::fields(&unit.job))?,
            "walk" => calls::walk(&calls::fields(&unit.job))?,
            "snmp" => calls::snmp(&calls::fields(&unit.job))?,
            "sessions" => calls::sessions(number, &unit.job)?,
            "forge" => calls::forge(&unit.job),
            "random" => calls::random(u32::try_from(number).unwrap_or(u32::MAX))?,
            "clock" => calls::clock()?,
            "bytes" => calls::bytes(number)?,
            "visit" => calls::visit(&rest),
            "arguments" => calls::arguments(number)?,
            "corpus" => corpus::all(),
            "tell" => told::lines(number)?,
            "tell-senseless" => told::senseless(),
            "fail" => return Err(Failure::Failed("e".repeat(number))),
            "bad-job" => return Err(Failure::BadJob(format!("no such thing: {}", unit.job))),
            other => return Err(Failure::BadJob(format!("{other:?}: no such misbehaviour"))),
        }
        Ok(())
    }
}

/// Reads sections one by one and reports what it got; the first refusal ends it.
fn read(sections: &[&str]) -> Result<(), Failure> {
    for section in sections {
        let reading = facts::read(section)?;
        run::emit_table(section, reading.rows)?;
    }
    Ok(())
}

/// Reads whatever the host offers, and tries what it does not offer.
fn copy() -> Result<(), Failure> {
    let known: Vec<String> = facts::sections()?.into_iter().map(|section| section.name).collect();
    for name in known.iter().map(String::as_str).chain(["envs", "users", "processes", "local_users"]) {
        match facts::read(name) {
            Ok(reading) => run::emit_table(name, reading.rows)?,
            Err(error) => run::log(run::Level::Warn, &format!("{name}: {}", words(&error))),
        }
    }
    Ok(())
}
