//! Copying, moving, making and deleting files and folders.

use super::Outcome;
use crate::glob;
use crate::machine::{Kind, Machine, Metadata};
use crate::place::{folder, join, name, of, shown};
use crate::trouble::{Break, Trouble, tried};

/// Lines of one action about what was left alone.
const MOST_LINES: usize = 100;

/// Copies or moves all that a pattern means: into `to` where it is a folder, where it is written as one (`/` at the end)
/// or where more than one thing is brought; else to exactly that name.
pub(super) fn bring<M: Machine>(
    machine: &mut M,
    how: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Outcome, Break> {
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(Outcome::failure(format!("{how} needs from and to")));
    };
    let mut outcome = Outcome::default();
    let sources = match glob::places(machine, from)? {
        Ok(sources) => sources,
        Err(trouble) => {
            outcome.add(trouble);
            return Ok(outcome);
        }
    };
    if sources.is_empty() {
        outcome.lines.push(format!("nothing is meant by {}", shown(from)));
        return Ok(outcome);
    }
    let target = match of(to) {
        Ok(target) => target,
        Err(why) => return Ok(Outcome::failure(why)),
    };
    let into = match destination(machine, how, to, &target, sources.len())? {
        Ok(into) => into,
        Err(trouble) => {
            outcome.add(trouble);
            return Ok(outcome);
        }
    };
    for source in sources {
        let exact = if into { join(&target, name(&source)) } else { target.clone() };
        let what = || format!("{how} {} to {}", shown(&source), shown(&exact));
        let answer = if how == "move" { machine.rename(&source, &exact) } else { machine.copy(&source, &exact) };
        if let Err(trouble) = tried(answer, what)? {
            let words = match trouble.denied {
                Some(_) => trouble.words,
                None => format!("{}: {}", what(), trouble.words),
            };
            outcome.add(Trouble { words, ..trouble });
            return Ok(outcome);
        }
    }
    Ok(outcome)
}

/// Whether things are brought into the target rather than to exactly that name; makes the folder that is missing.
fn destination<M: Machine>(
    machine: &mut M,
    how: &str,
    to: &str,
    target: &str,
    sources: usize,
) -> Result<Result<bool, Trouble>, Break> {
    let written_as_one = to.ends_with('/') || to.ends_with("/.") || to == "." || sources > 1;
    match tried(machine.stat(target), || format!("{how} to {}", shown(to)))? {
        Ok(Some(Metadata { kind: Kind::Dir, .. })) => Ok(Ok(true)),
        Ok(None) => {
            let missing = if written_as_one { Some(target) } else { folder(target) };
            let made = match missing {
                Some(missing) => is_made(machine, missing)?,
                None => Ok(()),
            };
            Ok(made.map(|()| written_as_one))
        }
        // What may not be looked at is brought to as it is written.
        Ok(Some(_)) | Err(_) => Ok(Ok(written_as_one)),
    }
}

fn is_made<M: Machine>(machine: &mut M, place: &str) -> Result<Result<(), Trouble>, Break> {
    if let Ok(Some(_)) | Err(Trouble { denied: Some(_), .. }) = tried(machine.stat(place), || shown(place))? {
        return Ok(Ok(()));
    }
    tried(machine.make_dir(place), || format!("mkdir {}", shown(place)))
}

pub(super) fn make<M: Machine>(machine: &mut M, list: &[String]) -> Result<Outcome, Break> {
    let mut outcome = Outcome::default();
    for path in list {
        let place = match of(path) {
            Ok(place) => place,
            Err(why) => {
                outcome.add(Trouble::failed(why));
                continue;
            }
        };
        let what = || format!("mkdir {}", shown(path));
        if let Ok(Some(Metadata { kind: Kind::Dir, .. })) = tried(machine.stat(&place), what)? {
            if outcome.lines.len() < MOST_LINES {
                outcome.lines.push(format!("Directory {} already exists", shown(path)));
            }
            continue;
        }
        if let Err(trouble) = tried(machine.make_dir(&place), what)? {
            outcome.add(trouble);
        }
    }
    Ok(outcome)
}

pub(super) fn delete<M: Machine>(machine: &mut M, list: &[String]) -> Result<Outcome, Break> {
    let mut outcome = Outcome::default();
    for path in list {
        let places = match glob::places(machine, path)? {
            Ok(places) => places,
            Err(trouble) => {
                outcome.add(trouble);
                continue;
            }
        };
        for place in places {
            match tried(machine.remove(&place), || format!("delete {}", shown(path)))? {
                Ok(()) => {}
                // That is what was asked for.
                Err(Trouble { kind: crate::trouble::Kind::NotFound, .. }) => {
                    if outcome.lines.len() < MOST_LINES {
                        outcome.lines.push(format!("{} was not there", shown(path)));
                    }
                }
                Err(trouble) => {
                    outcome.lines.push(format!("Failed to delete {}", shown(path)));
                    outcome.add(trouble);
                }
            }
        }
    }
    Ok(outcome)
}
