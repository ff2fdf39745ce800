//! `airlock task install` and `airlock task remove`.

use super::offer;
use crate::admission::{Admitted, admit};
use crate::events;
use crate::fetch;
use crate::granted::is_granted;
use crate::policies::{Places, Policies};
use crate::terminal;
use airlock_native::trust_store::{Held, Installed, Lock, TrustFolder};
use airlock_native::{Folders, Recordings};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::path::Path;

/// Install a component from outside, under the name that it was signed for
///
/// It comes in only under enough signatures of a publisher that you trust for that name (airlock task trust), never
/// older than what was seen before, and it is kept by its digest. What it may then do is a matter of your policy. An
/// update that asks for more rights than the installed one is held until your policy grants them to it by name, or you
/// agree here; the installed one goes on running.
#[derive(Debug, Args)]
#[command(after_help = fetch::SOURCES)]
pub(crate) struct Options {
    /// Where the component is
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Let in a version that is older than one that was seen here
    #[arg(long)]
    allow_rollback: bool,
    /// Let in an update that asks for rights which the installed version does not have
    #[arg(long)]
    allow_new_imports: bool,
    #[command(flatten)]
    fetching: fetch::Fetching,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Take an installed component out
#[derive(Debug, Args)]
pub(crate) struct RemoveOptions {
    /// Its name (airlock task list)
    #[arg(value_name = "NAME")]
    name: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let folders = Folders::new(places.vardir())?;
    let folder = TrustFolder::open(&folders)?;
    let refused = |error| events::refused(&folders, "task.install", &options.source, error);
    let mut source = fetch::source(&options.source, &options.fetching)?;
    let admitted = admit(source.as_mut(), &folder.trust()?, options.allow_rollback).map_err(&refused)?;
    let lock = folder.lock()?;
    let more = more(&admitted, &lock);
    let is_held = !options.allow_new_imports && !are_granted(&more, &admitted, places, &folders)?;
    let new = entry(&admitted, &lock, options, is_held.then(|| more.clone()))?;
    let (verified, manifest) = (&admitted.verified, &admitted.verified.manifest);
    let is_older = folder.trust()?.check_mark(verified).is_err();
    events::record(
        &folders,
        "task.install",
        json!({
            "source": options.source, "task": manifest.name.to_string(), "version": manifest.version.to_string(),
            "counter": manifest.counter, "publisher": verified.publisher.to_string(), "digest": manifest.sha256,
            "decision": if is_held { "hold" } else { "allow" }, "rollback": is_older, "asks_for_more": more,
        }),
    )?;
    let new = Installed { rollback: is_older && !is_held, ..new };
    folder.install(verified, &admitted.package, new, options.allow_rollback).map_err(|error| refused(error.into()))?;
    if let Some(warning) = verified.warning() {
        tracing::warn!("{warning}");
    }
    let text = match options.json {
        true => {
            let mut value = offer::value(&admitted, None);
            if let Some(object) = value.as_object_mut() {
                object.insert("installed".to_owned(), json!(!is_held));
                object.insert("held".to_owned(), json!(if is_held { more } else { vec![] }));
                object.insert("rollback".to_owned(), json!(is_older));
            }
            format!("{value:#}\n")
        }
        false if is_held => held(&admitted, &lock, &more),
        false => format!("installed\n{}", offer::in_words(&admitted, None)),
    };
    Ok(terminal::print(&text)?)
}

/// Whether the owner's policy grants all of these to this task by name.
fn are_granted(more: &[String], admitted: &Admitted, places: &Places, folders: &Folders) -> anyhow::Result<bool> {
    if more.is_empty() {
        return Ok(true);
    }
    let policies = Policies::open(places, Some(folders))?;
    let rules = policies.loaded.rules.as_deref();
    Ok(rules.is_some_and(|rules| more.iter().all(|right| is_granted(rules, right, &admitted.verified))))
}

/// The rights that this one has over the installed one.
fn more(admitted: &Admitted, lock: &Lock) -> Vec<String> {
    let installed = lock.get(admitted.verified.manifest.name.as_str());
    installed.map_or_else(Vec::new, |installed| offer::difference(admitted, installed).0)
}

/// The entry of the lock file: a new one, or the old one with the update beside it.
fn entry(admitted: &Admitted, lock: &Lock, options: &Options, held: Option<Vec<String>>) -> anyhow::Result<Installed> {
    let verified = &admitted.verified;
    if let (Some(asks), Some(old)) = (held, lock.get(verified.manifest.name.as_str())) {
        return Ok(Installed { held: Some(Held::new(verified, asks)), ..old.clone() });
    }
    let now = Timestamp::from_second(Timestamp::now().as_second())?;
    Ok(Installed::new(verified, admitted.world.name(), &options.source, now.to_string()))
}

fn held(admitted: &Admitted, lock: &Lock, more: &[String]) -> String {
    let manifest = &admitted.verified.manifest;
    let old = lock.get(manifest.name.as_str()).map_or("", |old| old.version.as_str());
    format!(
        "held: {} {} asks for what {old} does not: {}\n{old} goes on running. To let the new one in, grant that to the task by its name in your policy and install it\nagain, or: airlock task install SOURCE --allow-new-imports\n",
        manifest.name,
        manifest.version,
        more.join(", ")
    )
}

pub(crate) fn remove(options: &RemoveOptions, vardir: Option<&Path>) -> anyhow::Result<()> {
    let folders = Folders::new(vardir)?;
    let folder = TrustFolder::open(&folders)?;
    if folder.lock()?.get(&options.name).is_some() {
        events::record(&folders, "task.remove", json!({"task": options.name}))?;
    }
    let removed = folder.remove(&options.name)?;
    // What its runs were told goes with it.
    Recordings::open(&folders)?.forget(&options.name)?;
    let text = match options.json {
        true => format!("{:#}\n", json!({"name": options.name, "version": removed.version, "sha256": removed.sha256})),
        false => format!("removed {} {}\n", options.name, removed.version),
    };
    Ok(terminal::print(&text)?)
}
