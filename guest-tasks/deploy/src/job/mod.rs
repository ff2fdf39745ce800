//! A job as the server wrote it, with the files that it names: `{"job": {…}, "files": {"<sha512>": {…}}}`.
//!
//! The servers' own rules, and stricter ones: a name is one name, a digest is one, an action is one of five by its exact
//! name. What does not hold refuses the job as a whole, and the server is told why. Numbers may be texts, as servers
//! write them; what a job has besides is left alone.

mod action;
pub(crate) mod file;
pub(crate) mod read;
mod refusal;

pub use action::{Action, Returned, ReturnedKind, Work};
pub use file::{MOST_MIRRORS, Package, package};
pub use refusal::Refusal;

use crate::check::Check;
use crate::person::Question;
use read::{list, member, object, text};
use serde_json::{Map, Value};

/// The most checks, actions, files or questions of a job.
const MOST: usize = 1000;

/// A job that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub uuid: String,
    pub checks: Vec<Check>,
    pub packages: Vec<Package>,
    pub actions: Vec<Action>,
    pub questions: Vec<Question>,
}

/// Reads the text of a unit.
pub fn parse(unit: &str) -> Result<Job, Refusal> {
    if unit.trim().is_empty() {
        return Err(Refusal::Nothing);
    }
    let unit: Value = serde_json::from_str(unit).map_err(|error| Refusal::NotJson(error.to_string()))?;
    let unit = object(&unit, "the job's text")?;
    let job = object(member(unit, "job").ok_or(Refusal::Missing { member: "job", of: "the job's text" })?, "job")?;
    match member(unit, "files") {
        Some(Value::Array(none)) if none.is_empty() => read(job, &Map::new()),
        Some(files) => read(job, object(files, "associatedFiles")?),
        None => read(job, &Map::new()),
    }
}

/// Reads a job; `files` are the associated files of the server's answer.
pub fn read(job: &Map<String, Value>, files: &Map<String, Value>) -> Result<Job, Refusal> {
    for member in ["uuid", "associatedFiles", "actions", "checks"] {
        if !job.contains_key(member) {
            return Err(Refusal::Missing { member, of: "jobs" });
        }
    }
    Ok(Job {
        uuid: uuid(job)?,
        checks: checks(job)?,
        packages: packages(job, files)?,
        actions: each(job, "actions", "jobs/actions")?.iter().map(Action::read).collect::<Result<_, _>>()?,
        questions: each(job, "userinteractions", "jobs/userinteractions")?
            .iter()
            .filter_map(Value::as_object)
            .map(Question::read)
            .collect(),
    })
}

fn uuid(job: &Map<String, Value>) -> Result<String, Refusal> {
    let uuid = text(job, "uuid").unwrap_or_default();
    let fits = (8..=64).contains(&uuid.len()) && uuid.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    if fits { Ok(uuid) } else { Err(Refusal::Uuid(uuid)) }
}

fn packages(job: &Map<String, Value>, files: &Map<String, Value>) -> Result<Vec<Package>, Refusal> {
    let mut packages: Vec<Package> = Vec::new();
    for digest in each(job, "associatedFiles", "jobs/associatedFiles")? {
        let digest = digest.as_str().ok_or_else(|| Refusal::Digest(digest.to_string()))?;
        let package = package(digest, files.get(digest).ok_or_else(|| Refusal::UnknownFile(digest.to_owned()))?)?;
        match packages.iter().find(|other| other.file.name == package.file.name) {
            Some(other) if other.file.sha512 == package.file.sha512 => {}
            Some(_) => return Err(Refusal::SameName(package.file.name)),
            None => packages.push(package),
        }
    }
    Ok(packages)
}

/// The checks of a job, or of one of its actions.
fn checks(holder: &Map<String, Value>) -> Result<Vec<Check>, Refusal> {
    let checks = each(holder, "checks", "checks")?;
    checks.iter().map(|check| object(check, "a check").map(Check::read)).collect()
}

/// A list of the job; absent and null are an empty one.
fn each<'a>(holder: &'a Map<String, Value>, key: &str, name: &'static str) -> Result<&'a [Value], Refusal> {
    let all = list(holder, key).ok_or(Refusal::NotAList(name))?;
    if all.len() > MOST { Err(Refusal::TooMany { what: name, most: MOST }) } else { Ok(all) }
}

#[cfg(test)]
mod tests;
