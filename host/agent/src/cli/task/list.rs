//! `airlock task list`: what tasks there are.

use super::kilobytes;
use crate::table::table;
use crate::terminal;
use airlock_builtin::{Builtin, TASKS};
use airlock_native::Folders;
use airlock_native::trust_store::{Installed, StoreError, TrustFolder};
use airlock_sandbox::Digest;
use airlock_trust::{Freshness, Name, Verified};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// An installed component, and whether its signatures still hold.
struct Known {
    name: Name,
    installed: Installed,
    verified: Result<Verified, StoreError>,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let folder = Folders::new(vardir).map_err(StoreError::from).and_then(|folders| TrustFolder::open(&folders));
    let installed = match folder {
        Ok(folder) => installed(&folder)?,
        Err(error) => {
            tracing::debug!("without a folder nothing is installed: {error}");
            vec![]
        }
    };
    Ok(terminal::print(&if options.json { as_json(&installed) } else { in_words(&installed) })?)
}

fn installed(folder: &TrustFolder) -> Result<Vec<Known>, StoreError> {
    let lock = folder.lock()?;
    let known = lock.iter().map(|(name, installed)| Known {
        name: name.clone(),
        installed: installed.clone(),
        verified: folder.checked(installed, Timestamp::now()),
    });
    Ok(known.collect())
}

fn digest(task: &Builtin) -> String {
    task.component().map_or_else(|error| error.to_string(), |bytes| Digest::of(&bytes).to_string())
}

fn as_json(installed: &[Known]) -> String {
    let builtin = TASKS
        .iter()
        .map(|t| json!({"name": t.name, "kind": t.world, "summary": t.summary, "size": t.size, "sha256": digest(t)}));
    let installed = installed.iter().map(|known| {
        let entry = &known.installed;
        let mut value = json!({
            "name": known.name.to_string(), "kind": entry.world, "version": entry.version, "counter": entry.counter,
            "publisher": entry.publisher.to_string(), "sha256": entry.sha256, "source": entry.source,
            "held": entry.held, "rollback": entry.rollback, "state": state(known),
        });
        if let (Ok(verified), Some(object)) = (&known.verified, value.as_object_mut()) {
            object.insert("expires".to_owned(), json!(verified.manifest.expires.to_string()));
            object.insert("size".to_owned(), json!(verified.manifest.size));
        }
        value
    });
    let all: Vec<Value> = builtin.chain(installed).collect();
    format!("{:#}\n", json!(all))
}

fn in_words(installed: &[Known]) -> String {
    let rows: Vec<Vec<String>> = TASKS
        .iter()
        .map(|t| vec![t.name.into(), t.world.into(), kilobytes(t.size), short(&digest(t)), t.summary.into()])
        .collect();
    let mut text = table(&["task", "kind", ">size", "sha256", "what it does"], &rows);
    if installed.is_empty() {
        return text;
    }
    let rows: Vec<Vec<String>> = installed
        .iter()
        .map(|known| {
            let entry = &known.installed;
            let expires = known.verified.as_ref().map_or_else(|_| "-".to_owned(), |v| v.manifest.expires.to_string());
            let publisher = entry.publisher.to_string();
            let (version, digest) = (entry.version.clone(), short(&entry.sha256));
            vec![known.name.to_string(), entry.world.clone(), version, publisher, expires, digest, state(known)]
        })
        .collect();
    text.push('\n');
    text.push_str(&table(&["installed", "kind", "version", "signed by", "expires", "sha256", "state"], &rows));
    text
}

fn state(known: &Known) -> String {
    let held = known.installed.held.as_ref().map(|held| format!("; {} is held: it asks for more", held.version));
    let state = match &known.verified {
        Ok(verified) => match verified.freshness {
            Freshness::Fresh => "ready".to_owned(),
            Freshness::Expired => "expired: ask for a newer one".to_owned(),
            Freshness::Frozen => "expired long ago".to_owned(),
        },
        Err(error) => format!("does not run: {error}"),
    };
    format!("{state}{}", held.unwrap_or_default())
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}
