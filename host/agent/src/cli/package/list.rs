//! `airlock package list`: which packages jobs have installed, and where.

use crate::table::table;
use crate::terminal;
use airlock_native::Folders;
use airlock_native::trust_store::TrustFolder;
use clap::Args;
use serde_json::json;
use std::path::Path;

/// List the packages that were installed by jobs, with their folders
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let packages = TrustFolder::open(&Folders::new(vardir)?)?.packages()?;
    if options.json {
        return Ok(terminal::print(&format!("{:#}\n", json!(packages)))?);
    }
    if packages.is_empty() {
        return Ok(terminal::print("no package was installed by a job\n")?);
    }
    let rows: Vec<Vec<String>> = packages
        .into_iter()
        .map(|(folder, known)| {
            let (name, publisher) = (known.name.to_string(), known.publisher.to_string());
            vec![name, known.version, publisher, known.installed, folder]
        })
        .collect();
    Ok(terminal::print(&table(&["package", "version", "publisher", "installed", "folder"], &rows))?)
}
