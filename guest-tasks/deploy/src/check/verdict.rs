//! Whether one check holds.

use super::{Check, registry};
use crate::machine::{Kind, Machine, Metadata};
use crate::place::{literally, of, shown};
use crate::trouble::{Break, Kind as TroubleKind, Trouble, tried};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// With what there is to say of it.
    Failed(String),
}

/// What a failing check says after its path.
type Says = Result<(), String>;

pub fn verdict<M: Machine>(machine: &mut M, check: &Check) -> Result<Verdict, Break> {
    let found = match check.kind.as_str() {
        "directoryExists" => thing(machine, check, |it| it.is(Kind::Dir, "directory is missing"))?,
        "directoryMissing" => thing(machine, check, |it| it.is_not(Kind::Dir, "directory exists"))?,
        "fileExists" => thing(machine, check, |it| it.is(Kind::File, "file is missing"))?,
        "fileMissing" => thing(machine, check, |it| it.is_not(Kind::File, "file exists"))?,
        "fileSizeEquals" => size(machine, check, "not", |size, value| size == value)?,
        "fileSizeGreater" => size(machine, check, "not greater than", |size, value| size > value)?,
        "fileSizeLower" => size(machine, check, "not lower than", |size, value| size < value)?,
        "fileSHA512" => digest(machine, check, true)?,
        "fileSHA512mismatch" => digest(machine, check, false)?,
        "freespaceGreater" => free_space(machine, check)?,
        kind => match registry::Wanted::of(kind) {
            Some(wanted) => registry::verdict(machine, check, wanted)?,
            // Servers may have checks that are newer than this.
            None => Ok(()),
        },
    };
    Ok(match found {
        Ok(()) => Verdict::Passed,
        Err(why) => Verdict::Failed(why),
    })
}

/// What is at the path of a check.
struct Thing(Option<Metadata>);

impl Thing {
    fn is(&self, kind: Kind, else_say: &str) -> Says {
        if self.0.is_some_and(|found| found.kind == kind) { Ok(()) } else { Err(else_say.to_owned()) }
    }

    fn is_not(&self, kind: Kind, else_say: &str) -> Says {
        if self.is(kind, "").is_err() { Ok(()) } else { Err(else_say.to_owned()) }
    }
}

fn thing<M: Machine>(machine: &mut M, check: &Check, judge: impl FnOnce(Thing) -> Says) -> Result<Says, Break> {
    let Some(path) = &check.path else {
        return Ok(judge(Thing(None)).map_err(|_| "the check has no path".to_owned()));
    };
    let place = match of(path) {
        Ok(place) => place,
        Err(why) => return Ok(Err(why)),
    };
    Ok(match tried(machine.stat(&place), || named(check, path))? {
        Ok(found) => judge(Thing(found)).map_err(|why| about(path, &why)),
        Err(Trouble { kind: TroubleKind::NotFound, .. }) => judge(Thing(None)).map_err(|why| about(path, &why)),
        Err(trouble) => Err(unanswered(path, &trouble)),
    })
}

fn size<M: Machine>(
    machine: &mut M,
    check: &Check,
    words: &str,
    holds: impl Fn(i128, i128) -> bool,
) -> Result<Says, Break> {
    let value = match number(check) {
        Ok(value) => value,
        Err(why) => return Ok(Err(why)),
    };
    thing(machine, check, |it| {
        let Some(Metadata { kind: Kind::File, size }) = it.0 else { return Err("file is missing".to_owned()) };
        let holds = holds(i128::from(size), i128::from(value));
        if holds { Ok(()) } else { Err(format!("has {size} bytes, {words} {value}")) }
    })
}

fn digest<M: Machine>(machine: &mut M, check: &Check, same: bool) -> Result<Says, Break> {
    // A file that is not there, or that the server names no digest for, differs.
    let differs = |why: String| if same { Err(why) } else { Ok(()) };
    let Some(path) = &check.path else { return Ok(differs("the check has no path".to_owned())) };
    let Some(value) = &check.value else { return Ok(differs("the check has no value".to_owned())) };
    let place = match of(path) {
        Ok(place) => place,
        Err(why) => return Ok(Err(why)),
    };
    Ok(match tried(machine.hash(&place), || named(check, path))? {
        Ok(digest) if digest.eq_ignore_ascii_case(value.trim()) == same => Ok(()),
        Ok(_) if same => Err(about(path, "has another SHA-512")),
        Ok(_) => Err(about(path, "has that SHA-512")),
        Err(Trouble { kind: TroubleKind::NotFound, .. }) => differs(about(path, "file is missing")),
        Err(Trouble { kind: TroubleKind::Invalid, .. }) => differs(about(path, "is no file")),
        Err(trouble) => Err(unanswered(path, &trouble)),
    })
}

fn free_space<M: Machine>(machine: &mut M, check: &Check) -> Result<Says, Break> {
    let Some(path) = &check.path else { return Ok(Err("the check has no path".to_owned())) };
    let (value, place) = match number(check).and_then(|value| Ok((value, of(path)?))) {
        Ok(both) => both,
        Err(why) => return Ok(Err(why)),
    };
    Ok(match tried(machine.free_space(&place), || named(check, path))? {
        Ok(free) if i128::from(free) > i128::from(value) => Ok(()),
        Ok(free) => Err(about(path, &format!("has {free} MB free, not more than {value}"))),
        Err(Trouble { kind: TroubleKind::NotFound, .. }) => Err(about(path, "is missing")),
        Err(trouble) => Err(unanswered(path, &trouble)),
    })
}

fn number(check: &Check) -> Result<i64, String> {
    let value = check.value.as_deref().ok_or_else(|| "the check has no value".to_owned())?;
    value.trim().parse().map_err(|_| format!("the check's value {:?} is no whole number", shown(value)))
}

/// The check in the words of the protocol.
pub(super) fn named(check: &Check, path: &str) -> String {
    format!("{} {}", check.kind, shown(path))
}

pub(super) fn about(path: &str, why: &str) -> String {
    format!("{} {why}{}", shown(path), literally(path))
}

pub(super) fn unanswered(path: &str, trouble: &Trouble) -> String {
    match trouble.denied {
        Some(_) => trouble.words.clone(),
        None => about(path, &format!("cannot be looked at: {}", trouble.words)),
    }
}
