//! In the place of another agent: called by its name (a link to this program), the program takes its options and its
//! configuration file, so that cron lines, units and scripts that are there go on working.
//!
//! What an option meant is done by the same code as `airlock run`, `daemon`, `inventory` and `inject`; what this program
//! does not do, it says. Nothing here widens what a server may do: that is the policy's.

mod adopt;
mod agent;
mod files;
mod getopt;
mod help;
mod injector;
mod inventory;
mod keys;
mod moved;
mod names;
mod netscan;
mod options;
mod others;
mod values;
mod wakeonlan;

pub(crate) use adopt::server;
pub(crate) use agent::config_files;
pub(crate) use moved::{Moved, moved, old_identity};

use crate::exit::Usage;
use crate::terminal::error_text;
use names::Name;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

/// Another program's command line.
#[derive(Debug)]
pub(crate) struct Call {
    name: &'static Name,
    /// The words behind the name; the first of them is that word of the whole command line.
    words: Vec<String>,
    first: usize,
}

/// Whether the program was called by another one's name, or as `airlock legacy NAME …`.
pub(crate) fn called(words: &[OsString]) -> Option<anyhow::Result<Call>> {
    let (name, first) = if words.get(1).is_some_and(|word| word == "legacy") {
        let name = words.get(2)?;
        let known = || Usage(format!("{}: no such program; there are: {}", name.display(), names::all().join(", ")));
        match names::find(name) {
            Some(name) => (name, 3),
            None => return Some(Err(known().into())),
        }
    } else {
        (names::find(words.first()?)?, 1)
    };
    let text = |word: &OsString| word.to_str().map(str::to_owned);
    let rest: Option<Vec<String>> = words.get(first..).unwrap_or_default().iter().map(text).collect();
    Some(
        rest.map(|words| Call { name, words, first })
            .ok_or_else(|| Usage("the options are no UTF-8 text".into()).into()),
    )
}

/// The whole command line as others may see it, when something in it is for nobody else's eyes.
pub(crate) fn without_secrets(call: Option<&Call>, words: &[OsString]) -> Option<Vec<OsString>> {
    let Some(call) = call else {
        let clean = |word: &OsString| match word.to_str() {
            Some(text) => {
                let clean = airlock_gate::redact::without_secrets(text);
                crate::netscan::credentials::hidden(&clean).unwrap_or_else(|| clean.into_owned()).into()
            }
            None => word.clone(),
        };
        let shown: Vec<OsString> = words.iter().map(clean).collect();
        return (shown != words).then_some(shown);
    };
    let line = getopt::read(call.name.options, call.name.manner, &call.words).ok()?;
    let shown = line.without_secrets(&call.words)?;
    let own = words.iter().take(call.first).cloned();
    Some(own.chain(shown.into_iter().map(OsString::from)).collect())
}

/// Does what the other program would have done.
pub(crate) fn run(call: &Call, started: Instant) -> ExitCode {
    let name = call.name.name;
    let line = match getopt::read(call.name.options, call.name.manner, &call.words) {
        Ok(line) => line,
        Err(wrong) => {
            for what in wrong {
                eprintln!("{name}: {}", error_text(&what));
            }
            eprintln!("{name} --help lists the options.");
            return ExitCode::from(2);
        }
    };
    crate::logging::start(u8::try_from(line.count("debug")).unwrap_or(u8::MAX));
    if line.is("help") {
        return print(&help::help(call.name));
    }
    if line.is("version") {
        return print(&format!("{name}: Airlock {}\n", env!("CARGO_PKG_VERSION")));
    }
    // A daemon that leaves the terminal says it once, when it is on its own.
    let is_leaving = matches!(call.name.does, names::Does::Agent) && agent::leaves(&line);
    for remark in line.remarks().iter().filter(|_| !is_leaving) {
        eprintln!("{name}: {}", error_text(remark));
    }
    if !line.rest.is_empty() && !is_leaving && !matches!(call.name.does, names::Does::Later(_)) {
        eprintln!("{name}: {}: no option; it is ignored", error_text(&line.rest.join(" ")));
    }
    let end = match call.name.does {
        names::Does::Agent => agent::run(call, line, started),
        names::Does::Inventory => inventory::run(&line, started),
        names::Does::Inject => injector::run(&line),
        names::Does::Discover => netscan::discover(&line),
        names::Does::InventoryDevices => netscan::inventory(&line),
        names::Does::Wake => wakeonlan::run(&line),
        names::Does::Later(what) => others::run(call.name, what, &line),
    };
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(End::Words(code, words)) => {
            eprintln!("{name}: {}", error_text(&words));
            ExitCode::from(code)
        }
        Err(End::Error(error)) => crate::exit::code(Err(error)),
    }
}

fn print(text: &str) -> ExitCode {
    crate::exit::code(crate::terminal::print(text).map_err(anyhow::Error::from))
}

/// How a program ends that does not do what it was asked.
#[derive(Debug)]
enum End {
    /// With this exit code.
    Words(u8, String),
    Error(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Says on standard error what has to be said of a configuration.
fn say(name: &Name, adopted: &adopt::Adopted) {
    for remark in &adopted.remarks {
        eprintln!("{}: {}", name.name, error_text(remark));
    }
    for danger in &adopted.dangers {
        let text = format!("{}: {}; better: {}", danger.what, danger.why, danger.instead);
        eprintln!("{}: {}", name.name, error_text(&text));
    }
}
