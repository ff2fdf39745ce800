//! `airlock task inspect … --against`: what a component would ask for that was not asked for before. Recorded runs of the task
//! are played to it, under the policy of now, as if it were installed in its place; the machine is not looked at and nothing
//! is changed.

mod compared;
mod show;

use super::replay::open;
use crate::exit::Usage;
use crate::policies::{Places, Policies};
use crate::run::{Component, Engine, Played, World, needs_policy, play, rights_of};
use crate::terminal::visible;
use airlock_gate::Asker;
use airlock_gate::cassette::Cassette;
use airlock_native::trust_store::TrustFolder;
use airlock_native::{Folders, Recordings, is_folder, list_folder};
use airlock_sandbox::{Bounds, Loaded};
use anyhow::{Context, anyhow, bail};
use compared::Compared;
pub(super) use compared::Comparison;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a recorded run may take: it waits for nothing.
const LONGEST: Duration = Duration::from_secs(60);
/// Recordings of a folder, or of the ring.
const MOST: usize = 1_000;

/// Plays the recordings that `what` names to a component.
pub(super) fn compare(
    what: &str,
    component: &Component,
    places: &Places,
    folders: Option<&Folders>,
) -> anyhow::Result<Comparison> {
    let found = recordings(what, &component.name, folders)?;
    let engine = Engine::for_tests(folders)?;
    let task = engine.load(component)?;
    let mut policies: Option<Policies> = None;
    let mut comparison = Comparison::default();
    for path in found {
        let cassette = match open(&path) {
            // Of the ring, one that is damaged is one less; what the owner named is an error.
            Err(error) if last(what).is_some() => {
                comparison.unreadable.push(format!("{error:#}"));
                continue;
            }
            other => other?,
        };
        let as_installed = stand_in(component, &cassette, folders);
        let builtin = airlock_builtin::task(&cassette.header.task).is_some();
        if policies.is_none() && needs_policy(&as_installed, builtin, places) {
            policies = Some(Policies::open(places, folders)?);
        }
        let policies = policies.as_ref().filter(|_| needs_policy(&as_installed, builtin, places));
        comparison.add(one(&engine, &task, cassette, as_installed, builtin, places, policies)?);
    }
    if comparison.runs.is_empty() {
        bail!("none of the recordings can be read: {}", comparison.unreadable.join("; "));
    }
    Ok(comparison)
}

fn one(
    engine: &Engine<'_>,
    task: &Loaded,
    cassette: Cassette,
    asker: Asker,
    builtin: bool,
    places: &Places,
    policies: Option<&Policies>,
) -> anyhow::Result<Compared> {
    let bounds = Bounds { deadline: LONGEST, ..Bounds::default() };
    let rights = rights_of(asker, builtin, &cassette.header.job, bounds, World::StandIn, places, policies)?;
    tracing::debug!("under {}", rights.words);
    let before = cassette.clone();
    let Played { ended, replay, .. } = play(engine, task, rights, cassette)?;
    Ok(Compared::new(before, &replay, ended.outcome.as_ref().err()))
}

/// Who asks when the component stands in the place of the one that was recorded.
fn stand_in(component: &Component, cassette: &Cassette, folders: Option<&Folders>) -> Asker {
    let header = &cassette.header;
    let own = component.publisher.clone().map(|publisher| (publisher, component.publisher_keys.clone()));
    let (publisher, keys) = own.or_else(|| folders.and_then(|folders| publisher(folders, &header.task))).unzip();
    Asker {
        server: header.server.clone(),
        task: header.task.clone(),
        digest: Some(component.digest().to_string()),
        publisher,
        publisher_keys: keys.unwrap_or_default(),
    }
}

/// The publisher of the installed task of that name, and its keys that count.
fn publisher(folders: &Folders, task: &str) -> Option<(String, Vec<String>)> {
    let folder = TrustFolder::open(folders).ok()?;
    let installed = folder.lock().ok()?.get(task)?.clone();
    let verified = folder.checked(&installed, jiff::Timestamp::now()).ok()?;
    Some((verified.publisher.to_string(), verified.keys.iter().map(ToString::to_string).collect()))
}

/// `last:20`.
fn last(what: &str) -> Option<&str> {
    what.strip_prefix("last:")
}

/// The recordings that are meant: the newest of the ring, a file, or those of a folder.
fn recordings(what: &str, name: &str, folders: Option<&Folders>) -> anyhow::Result<Vec<PathBuf>> {
    let path = Path::new(what);
    if let Some(number) = last(what) {
        let number = number.parse::<usize>().ok().filter(|number| (1..=MOST).contains(number));
        let number = number.ok_or_else(|| Usage(format!("--against {what}: last:N, with N from 1 to {MOST}")))?;
        let folders = folders.context("recorded runs are kept in the folder for the state, and there is none")?;
        let found = Recordings::open(folders)?.last(name, number)?;
        if found.is_empty() {
            return Err(anyhow!(
                "no run of {} is recorded here, so there is nothing to compare with: runs of an installed task are kept as \
                 they happen ([audit] recordings in the policy says how many); a recording of your own is made by airlock \
                 task record, and named by its file",
                visible(name)
            ));
        }
        return Ok(found);
    }
    if !is_folder(path) {
        return Ok(vec![path.to_owned()]);
    }
    let entries = list_folder(path).with_context(|| what.to_owned())?;
    let is_recording = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "cassette");
    let found: Vec<PathBuf> = entries.into_iter().map(|(path, _)| path).filter(is_recording).collect();
    match found.len() {
        0 => Err(Usage(format!("--against {what}: no file in this folder ends in .cassette")).into()),
        1..=MOST => Ok(found),
        many => Err(Usage(format!("--against {what}: {many} recordings; at most {MOST} are compared")).into()),
    }
}
