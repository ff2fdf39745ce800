//! The files of a job: each part from the first mirror that has it, put together and unpacked in the job's own folder.
//!
//! What is in the store already is not fetched again. Five times in a job a file is tried once more; what the owner's
//! policy refuses is not tried again, for it stays refused.

use crate::job::{MOST_MIRRORS, Package};
use crate::machine::{File, Machine};
use crate::place::shown;
use crate::report::Report;
use crate::trouble::{Break, Trouble, tried};

/// How often a file is tried once more, in the whole job.
const RETRIES: u32 = 5;

/// What could not be done, as far as the server was not told.
pub(crate) type Done = Result<(), Trouble>;

/// Fetches what is missing. The trouble of a file was told; that it failed was not.
pub(crate) fn fetch<M: Machine>(
    report: &mut Report<'_, M>,
    packages: &[Package],
) -> Result<Result<(), (usize, Trouble)>, Break> {
    let mut retries = RETRIES;
    for (number, package) in packages.iter().enumerate() {
        let File { name, sha512, .. } = &package.file;
        if is_downloaded(report.machine, &package.file)? {
            report.file("ok", &format!("{name} already downloaded"), sha512)?;
            continue;
        }
        if package.left_out > 0 {
            let words = format!(
                "{name}: {} mirrors are left out: no more than {MOST_MIRRORS} are tried, with http or https",
                package.left_out
            );
            report.file("info", &words, sha512)?;
        }
        report.file("", &format!("fetching {name}"), sha512)?;
        loop {
            let trouble = match parts(report.machine, package)? {
                Ok(()) => break,
                Err(trouble) => trouble,
            };
            if trouble.denied.is_some() || retries == 0 {
                report.file("", &format!("{name}: {}", trouble.words), sha512)?;
                return Ok(Err((number, trouble)));
            }
            retries -= 1;
            report.file("", &format!("retrying {name}"), sha512)?;
        }
        report.file("ok", &format!("{name} downloaded"), sha512)?;
    }
    Ok(Ok(()))
}

/// Whether all parts of a file are in the store.
pub fn is_downloaded<M: Machine>(machine: &mut M, file: &File) -> Result<bool, Break> {
    for part in &file.parts {
        let has = tried(machine.has_part(part), || format!("the file {}", file.name))?;
        // What may not even be looked for is asked for once more where it can be refused in words.
        if !has.unwrap_or(false) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// All parts of a file, each from the first mirror that has it.
fn parts<M: Machine>(machine: &mut M, package: &Package) -> Result<Done, Break> {
    let file = &package.file;
    for part in &file.parts {
        if matches!(tried(machine.has_part(part), || format!("the file {}", file.name))?, Ok(true)) {
            continue;
        }
        let mut last = None;
        // Without a mirror there may be neighbours: the host asks them where the server shares the file.
        let neighbours = [String::new()];
        let is_theirs = package.mirrors.is_empty() && file.shared;
        for mirror in if is_theirs { neighbours.as_slice() } else { &package.mirrors } {
            let from = if is_theirs { "neighbours" } else { mirror };
            let what = || format!("{} from {}", file.name, shown(from));
            match tried(machine.fetch_part(mirror, part, file), what)? {
                Ok(_) => {
                    last = None;
                    break;
                }
                // What failed may be there later; what is refused stays refused.
                Err(trouble)
                    if last.as_ref().is_none_or(|last: &Trouble| last.denied.is_some() && trouble.denied.is_none()) =>
                {
                    last = Some(trouble);
                }
                Err(_) => {}
            }
        }
        if package.mirrors.is_empty() && !is_theirs {
            last = Some(Trouble::failed("the job names no mirror with http or https".to_owned()));
        }
        if let Some(trouble) = last {
            return Ok(Err(trouble));
        }
    }
    Ok(Ok(()))
}

/// Puts the files together in the job's folder, and unpacks those that are to be unpacked.
pub(crate) fn prepare<M: Machine>(report: &mut Report<'_, M>, packages: &[Package]) -> Result<Done, Break> {
    for package in packages {
        let name = &package.file.name;
        let whole = tried(report.machine.assemble(&package.file), || format!("the file {name}"))?.map(drop);
        let whole = match whole {
            Ok(()) if package.uncompress => unpack(report.machine, name)?,
            whole => whole,
        };
        if let Err(trouble) = whole {
            report.file("", &format!("{name}: {}", trouble.words), &package.file.sha512)?;
            return Ok(Err(trouble));
        }
    }
    Ok(Ok(()))
}

/// An archive goes once what it had is there.
fn unpack<M: Machine>(machine: &mut M, name: &str) -> Result<Done, Break> {
    let archive = format!("work:{name}");
    if let Err(trouble) = tried(machine.unpack(&archive, "work:"), || format!("unpacking {name}"))? {
        return Ok(Err(trouble));
    }
    tried(machine.remove(&archive), || format!("removing {name}"))
}
