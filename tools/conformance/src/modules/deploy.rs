//! Deployment: checks, on folders that are made and on the registry that a case tells of; whole answers of servers;
//! removing; what is downloaded already.

use super::Module;
use crate::case::{Answer, Question};
use airlock_deploy::check::{Check, Verdict, verdict};
use airlock_deploy::job::{self, Refusal};
use airlock_deploy::machine::{Answer as Answered, File, Key, Kind, Line, Machine, Metadata, Value as Data};
use airlock_deploy::{End, is_downloaded, run};
use airlock_task::Error;
use anyhow::{Context, anyhow};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha512};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(super) const MODULES: &[Module] = &[
    Module { name: "deploy/check", answer: check },
    Module { name: "task/deploy", answer: validate },
    Module { name: "task/deploy/diskfree", answer: remove },
    Module { name: "task/deploy/file", answer: parts },
];

/// This machine's files, the registry and the free space that a case tells of, and a store without parts.
struct Case {
    /// What a job's own folder would be.
    work: TempDir,
    mocked: Vec<Value>,
}

impl Case {
    fn of(question: &Question) -> anyhow::Result<Self> {
        Ok(Self { work: tempfile::tempdir()?, mocked: question.mocked.clone() })
    }

    fn path(&self, at: &str) -> PathBuf {
        match at.strip_prefix("work:") {
            Some(below) => self.work.path().join(below),
            None => PathBuf::from(at),
        }
    }

    fn call(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.mocked.iter().filter(move |mock| mock.get("call").and_then(Value::as_str) == Some(name))
    }
}

impl Machine for Case {
    fn tell(&mut self, _line: Line) -> Answered<()> {
        Ok(())
    }

    fn has_part(&mut self, _part: &str) -> Answered<bool> {
        Ok(false)
    }

    fn stat(&mut self, at: &str) -> Answered<Option<Metadata>> {
        Ok(fs::symlink_metadata(self.path(at)).ok().map(|found| {
            let kind = match found.file_type() {
                kind if kind.is_file() => Kind::File,
                kind if kind.is_dir() => Kind::Dir,
                _ => Kind::Other,
            };
            Metadata { kind, size: found.len() }
        }))
    }

    fn hash(&mut self, at: &str) -> Answered<String> {
        let bytes = fs::read(self.path(at)).map_err(|_| Error::NotFound)?;
        Ok(Sha512::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn free_space(&mut self, _at: &str) -> Answered<u64> {
        let free = self.call("get free space").find_map(|mock| match mock.get("returns")? {
            Value::String(text) => text.parse().ok(),
            number => number.as_u64(),
        });
        free.ok_or(Error::Unsupported)
    }

    fn remove(&mut self, at: &str) -> Answered<()> {
        let path = self.path(at);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(_) => return Err(Error::NotFound),
        }
        .map_err(|error| Error::Failed(error.to_string()))
    }

    fn registry(&mut self, key: &str) -> Answered<Option<Key>> {
        let asked = |mock: &Value| {
            let argument = |name: &str| {
                let arguments = mock.get("args")?.as_array()?;
                arguments.iter().skip_while(|one| *one != name).nth(1)?.as_str()
            };
            Some(format!("{}/{}", argument("root")?, argument("keyName")?))
        };
        if self.mocked.is_empty() {
            return Err(Error::Unsupported);
        }
        let one_word = |mock: &&Value| asked(mock).is_some_and(|asked| asked == key || asked == format!("/{key}"));
        Ok(self
            .call("get registry key")
            .find(one_word)
            .and_then(|mock| mock.get("returns")?.as_object())
            .map(registry_key))
    }
}

/// `{"Below/": {…}, "/value": "data", "/": "the key's own"}`; numbers are written with `0x`.
fn registry_key(entries: &Map<String, Value>) -> Key {
    let mut key = Key::default();
    for (name, value) in entries {
        match (name.strip_suffix('/').filter(|name| !name.is_empty()), name.strip_prefix('/'), value.as_str()) {
            (Some(below), ..) => key.keys.push(below.to_owned()),
            (None, Some(name), Some(data)) => {
                let kind = if data.starts_with("0x") { "REG_DWORD" } else { "REG_SZ" };
                key.values.push(Data { name: name.to_owned(), kind: Some(kind.to_owned()), data: data.to_owned() });
            }
            _ => {}
        }
    }
    key
}

/// A path of the case: a text, or what is in the case's folder (`{"$tempdir": name}`).
fn path(folder: &Path, value: &Value) -> Value {
    match value.get("$tempdir").and_then(Value::as_str) {
        Some(name) => json!(folder.join(name)),
        None => value.clone(),
    }
}

/// The case's folder; without a tree there is none at that path.
fn folder(question: &Question) -> anyhow::Result<(TempDir, PathBuf)> {
    if question.trees.is_empty() {
        let folder = tempfile::tempdir()?;
        let none = folder.path().join("none");
        return Ok((folder, none));
    }
    let folder = question.tree(0)?;
    let path = folder.path().to_owned();
    Ok((folder, path))
}

fn check(question: &Question) -> Answer {
    let (_kept, folder) = folder(question)?;
    let mut asked = question.param("check").and_then(Value::as_object).context("no check")?.clone();
    if let Some(at) = asked.get("path").map(|at| path(&folder, at)) {
        asked.insert("path".to_owned(), at);
    }
    let check = Check::read(&asked);
    let verdict = verdict(&mut Case::of(question)?, &check).map_err(|_| anyhow!("the run is over"))?;
    Ok(json!(match verdict {
        Verdict::Passed => "ok",
        Verdict::Failed(_) => check.on_failure.word(),
    }))
}

/// Why an answer of a server is refused, in the corpus' words for each of our reasons.
fn validate(question: &Question) -> Answer {
    let answer = question.params.get(1).unwrap_or(&Value::Null);
    match whole(answer) {
        Ok(()) => Ok(Value::Null),
        Err(Refusal::Nothing) => Ok(json!("No answer from server.")),
        Err(Refusal::NotAnObject("the answer")) => Ok(json!("Bad answer from server. Not a hash reference.")),
        Err(Refusal::Missing { member, of }) => Ok(json!(format!("Missing key `{member}' in {of}"))),
        Err(Refusal::NotAList(what)) => Ok(json!(format!("{what} must be an array"))),
        Err(other) => Err(anyhow!("{other}")),
    }
}

fn whole(answer: &Value) -> Result<(), Refusal> {
    if answer.is_null() {
        return Err(Refusal::Nothing);
    }
    let answer = answer.as_object().ok_or(Refusal::NotAnObject("the answer"))?;
    let none = Map::new();
    let files = answer.get("associatedFiles").and_then(Value::as_object).unwrap_or(&none);
    for (digest, file) in files {
        job::package(digest, file)?;
    }
    for one in answer.get("jobs").and_then(Value::as_array).into_iter().flatten() {
        job::read(one.as_object().ok_or(Refusal::NotAnObject("a job"))?, files)?;
    }
    Ok(())
}

fn remove(question: &Question) -> Answer {
    let name = question.param("0").and_then(|at| at.get("$tempdir")).and_then(Value::as_str).context("no folder")?;
    let (kept, folder) = folder(question)?;
    // The tree is what is in the folder that is removed.
    let place = if folder == kept.path() { folder } else { kept.path().join(name) };
    let job = json!({
        "uuid": "01234567", "checks": [], "associatedFiles": [], "actions": [{"delete": {"list": [place]}}],
    });
    let end = run(&mut Case::of(question)?, &json!({ "job": job }).to_string());
    Ok(json!(i32::from(matches!(end, End::Done) && !place.exists())))
}

fn parts(question: &Question) -> Answer {
    let parts = question.steps.iter().find_map(|step| step.pointer("/params/data/multiparts")?.as_array());
    let parts = parts.context("no parts")?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let there = is_downloaded(&mut Case::of(question)?, &File { parts, ..File::default() });
    Ok(json!(i32::from(there.map_err(|_| anyhow!("the run is over"))?)))
}
