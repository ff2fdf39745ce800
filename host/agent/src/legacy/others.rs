//! The programs for other machines: their options are read and checked, then it is said that there is no such task here.

use super::End;
use super::getopt::Line;
use super::names::Name;

pub(super) fn run(name: &Name, what: &str, line: &Line) -> Result<(), End> {
    let usage = |why: &str| Err(End::Words(2, why.to_owned()));
    let needs: &[&[&str]] = match what {
        "inventory of ESX servers" => &[&["host", "dumpfile"]],
        _ => &[],
    };
    for any in needs {
        if !any.iter().any(|option| line.is(option)) {
            return usage(&format!("expected --{}", any.join(" or --")));
        }
    }
    let why = format!("this version of Airlock has no task for this yet ({what}); nothing was done");
    let _ = name;
    Err(End::Words(1, why))
}
