//! `airlock task verify`: whether a component could be installed, without installing it.

use super::offer;
use crate::admission::admit;
use crate::events;
use crate::fetch;
use crate::terminal;
use airlock_native::Folders;
use airlock_native::trust_store::TrustFolder;
use anyhow::Context;
use clap::Args;
use std::path::Path;

/// Check whether a component may be installed: whose it is, and whether it is what was signed
///
/// Nothing is installed and nothing of it is run.
#[derive(Debug, Args)]
#[command(after_help = fetch::SOURCES)]
pub(crate) struct Options {
    /// Where the component is
    #[arg(value_name = "SOURCE")]
    source: String,
    #[command(flatten)]
    fetching: fetch::Fetching,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let folders = Folders::new(vardir)?;
    let folder = TrustFolder::open(&folders)?;
    let mut source = fetch::source(&options.source, &options.fetching)?;
    let admitted = admit(source.as_mut(), &folder.trust()?, false);
    let admitted = admitted.map_err(|error| events::refused(&folders, "task.verify", &options.source, error));
    let admitted = admitted.with_context(|| options.source.clone())?;
    let lock = folder.lock()?;
    let installed = lock.get(admitted.verified.manifest.name.as_str());
    Ok(terminal::print(&match options.json {
        true => offer::as_json(&admitted, installed),
        false => offer::in_words(&admitted, installed),
    })?)
}
