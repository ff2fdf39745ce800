//! `REGISTRY`: values of the Windows registry that belong into the inventory.

use super::{Job, JobError, network};
use crate::answers::lenient::member;
use airlock_model::{Note, Notes, shown};

/// The most values of one job.
const MOST: usize = 10_000;

/// A root of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hive {
    ClassesRoot,
    CurrentUser,
    LocalMachine,
    Users,
    CurrentConfig,
    DynData,
}

/// One value, or all values of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryValue {
    /// What it is called in the inventory.
    pub label: String,
    pub hive: Hive,
    /// Below the hive, with the slashes that the server wrote.
    pub key: String,
    /// The value's name; `*` is all of them.
    pub value: String,
}

/// What a job asks for, and notes on what makes no sense.
pub fn registry(job: &Job) -> Result<(Vec<RegistryValue>, Vec<Note>), JobError> {
    if job.task != "REGISTRY" {
        return Err(JobError::Task { expected: "REGISTRY", found: shown(&job.task) });
    }
    let elements = network::elements(job, "PARAM");
    if elements.len() > MOST {
        return Err(JobError::Many { what: "PARAM", count: elements.len(), most: MOST });
    }
    let mut notes = Notes::default();
    let mut all = Vec::new();
    for said in elements.iter().filter_map(|element| element.as_object()) {
        let label = member(said, "NAME").unwrap_or_default();
        let hive = member(said, "REGTREE").and_then(|number| hive(&number));
        match (hive, member(said, "REGKEY")) {
            (Some(hive), Some(key)) => {
                let value = member(said, "content").unwrap_or_else(|| "*".to_owned());
                all.push(RegistryValue { label, hive, key, value });
            }
            _ => notes.add(format!("PARAM: {} without a REGKEY or a REGTREE from 0 to 5, left out", shown(&label))),
        }
    }
    Ok((all, notes.done()))
}

fn hive(number: &str) -> Option<Hive> {
    Some(match number {
        "0" => Hive::ClassesRoot,
        "1" => Hive::CurrentUser,
        "2" => Hive::LocalMachine,
        "3" => Hive::Users,
        "4" => Hive::CurrentConfig,
        "5" => Hive::DynData,
        _ => return None,
    })
}
