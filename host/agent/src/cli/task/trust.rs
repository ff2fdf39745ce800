//! `airlock task trust`: whose components may be installed here.

use crate::events;
use crate::exit::Usage;
use crate::table::table;
use crate::terminal;
use airlock_native::trust_store::TrustFolder;
use airlock_native::{Folders, read_document};
use airlock_trust::{Glob, Key, Name, TrustStore};
use anyhow::{Context, anyhow};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::path::Path;

/// Say whose components may be installed here, and under which names
///
/// A key is trusted for names only: what it signs under another name is refused. What an installed component may then
/// do for a server is a matter of the policy, not of this.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  airlock task trust acme.pub --name acme --names 'acme-*'
  airlock task trust second.pub --name acme --names 'acme-*' --threshold 2     both keys have to sign
  airlock task trust --list
  airlock task trust --revoke acme.pub --reason 'stolen laptop'")]
pub(crate) struct Options {
    /// A public key (RW… or ed25519:…), or the file that has it
    #[arg(value_name = "KEY|FILE", required_unless_present_any = ["list", "revoke", "threshold"])]
    key: Option<String>,
    /// The publisher whose key it is, as your policy calls it
    #[arg(long, value_name = "PUBLISHER", required_unless_present_any = ["list", "revoke"])]
    name: Option<String>,
    /// The names that the key may sign; * stands for any part of a name
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', requires = "key")]
    names: Vec<String>,
    /// How many keys of the publisher have to sign
    #[arg(long, value_name = "N")]
    threshold: Option<u32>,
    /// Show whom you trust, and which keys are revoked
    #[arg(long, conflicts_with_all = ["key", "name", "names", "threshold", "revoke"])]
    list: bool,
    /// Never again accept what this key signs; what it signed before no longer runs
    #[arg(long, value_name = "KEY|FILE", conflicts_with_all = ["key", "name", "names", "threshold"])]
    revoke: Option<String>,
    /// Why
    #[arg(long, default_value = "", requires = "revoke", hide_default_value = true)]
    reason: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let folders = Folders::new(vardir)?;
    let folder = TrustFolder::open(&folders)?;
    if let Some(key) = &options.revoke {
        let key = read_key(key)?;
        let now = Timestamp::from_second(Timestamp::now().as_second())?;
        events::record(&folders, "task.revoke", json!({"key": key.to_string(), "reason": options.reason}))?;
        folder.change(|store| {
            store.revoke(key, now, &options.reason);
            Ok(())
        })?;
    } else if !options.list {
        trust(options, &folders, &folder)?;
    }
    let store = folder.trust()?;
    Ok(terminal::print(&if options.json { as_json(&store)? } else { in_words(&store) })?)
}

fn trust(options: &Options, folders: &Folders, folder: &TrustFolder) -> anyhow::Result<()> {
    let publisher = Name::parse(options.name.as_deref().unwrap_or_default()).context("--name")?;
    let key = options.key.as_deref().map(read_key).transpose()?;
    if key.is_some() && options.names.is_empty() {
        return Err(Usage(format!(
            "--names says which names {publisher} may sign, for instance --names '{publisher}-*'"
        ))
        .into());
    }
    let names = options.names.iter().map(|name| Glob::parse(name)).collect::<Result<Vec<_>, _>>().context("--names")?;
    let details = json!({"publisher": publisher.to_string(), "key": key.map(|key| key.to_string()),
        "names": options.names, "threshold": options.threshold});
    events::record(folders, "task.trust", details)?;
    folder.change(|store| {
        if let Some(key) = key {
            store.trust(&publisher, key, names)?;
        }
        match options.threshold {
            Some(threshold) => store.set_threshold(&publisher, threshold),
            None => Ok(()),
        }
    })?;
    Ok(())
}

/// A key as it was typed, or out of the file that was named.
fn read_key(text: &str) -> anyhow::Result<Key> {
    let typed = Key::parse(text);
    if let Ok(key) = typed {
        return Ok(key);
    }
    match read_document(Path::new(text), 4096) {
        Ok(bytes) => {
            let file = String::from_utf8(bytes).with_context(|| text.to_owned())?;
            Key::parse(&file).map_err(|why| anyhow!("{text}: {why}"))
        }
        Err(error) if text.starts_with("RW") || text.starts_with("ed25519:") => {
            tracing::debug!("{text}: {error}");
            typed.map_err(|why| anyhow!("{text}: {why}"))
        }
        Err(error) => Err(error).with_context(|| format!("{text}: neither a key nor a file of one")),
    }
}

fn in_words(store: &TrustStore) -> String {
    if store.publishers.is_empty() && store.revoked.is_empty() {
        return "No publisher is trusted: no component from outside can be installed.\n".to_owned();
    }
    let mut rows = Vec::new();
    for (name, publisher) in &store.publishers {
        for signer in &publisher.keys {
            let names: Vec<String> = signer.names.iter().map(ToString::to_string).collect();
            let state = match store.revoked.contains_key(&signer.key) {
                true => "revoked".to_owned(),
                false => format!("{} of {}", publisher.threshold, publisher.keys.len()),
            };
            rows.push(vec![name.to_string(), names.join(" "), state, signer.key.to_string()]);
        }
    }
    let is_listed = |key: &Key| store.publishers.values().any(|p| p.keys.iter().any(|s| s.key == *key));
    for key in store.revoked.keys().filter(|key| !is_listed(key)) {
        rows.push(vec!["-".to_owned(), "-".to_owned(), "revoked".to_owned(), key.to_string()]);
    }
    table(&["publisher", "names", "signatures", "key"], &rows)
}

fn as_json(store: &TrustStore) -> anyhow::Result<String> {
    let revoked: Vec<_> = store
        .revoked
        .iter()
        .map(|(key, revoked)| json!({"key": key.to_string(), "since": revoked.since.to_string(), "reason": revoked.reason}))
        .collect();
    Ok(format!("{:#}\n", json!({"publishers": serde_json::to_value(&store.publishers)?, "revoked": revoked})))
}
