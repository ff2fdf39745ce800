//! The programs for other machines: their options are read and checked, then it is said that there is no such task here.

use super::End;
use super::getopt::Line;
use super::names::Name;

/// The kinds of devices of `--type`.
const TYPES: &[&str] = &["COMPUTER", "NETWORKING", "PRINTER", "STORAGE", "POWER", "PHONE", "VIDEO"];

pub(super) fn run(name: &Name, what: &str, line: &Line) -> Result<(), End> {
    let usage = |why: &str| Err(End::Words(2, why.to_owned()));
    let needs: &[&[&str]] = match what {
        "network discovery" => &[&["first", "file"]],
        "inventory of network devices" => &[&["host", "file"]],
        "inventory of ESX servers" => &[&["host", "dumpfile"]],
        "waking machines" => &[&["mac"]],
        _ => &[],
    };
    for any in needs {
        if !any.iter().any(|option| line.is(option)) {
            return usage(&format!("expected --{}", any.join(" or --")));
        }
    }
    if let Some(kind) = line.text("type").filter(|kind| !TYPES.contains(kind)) {
        return usage(&format!("--type {}: expected {}", airlock_model::short_line(kind, 40), TYPES.join(", ")));
    }
    let why = format!("this version of Airlock has no task for this yet ({what}); nothing was done");
    let _ = name;
    Err(End::Words(1, why))
}
