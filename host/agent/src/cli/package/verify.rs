//! `airlock package verify`: whether a package would be taken for its publisher's here.

use crate::terminal;
use airlock_native::Folders;
use airlock_native::trust_store::TrustFolder;
use airlock_native::verify_package;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Check whose a package is, and whether it is what was signed and not older than what was installed
///
/// Nothing is installed. Whether a job may install it is a matter of the policy: airlock policy explain.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  airlock package verify acme-agentd-2.5.1.tar.gz    with its .manifest.toml and .manifest.toml.minisig beside it")]
pub(crate) struct Options {
    /// The package
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let trust = TrustFolder::open(&Folders::new(vardir)?)?;
    let verified = verify_package(&options.file, &trust)?;
    let manifest = &verified.manifest;
    let keys: Vec<String> = verified.keys.iter().map(ToString::to_string).collect();
    let (name, version, counter) = (manifest.name.to_string(), manifest.version.to_string(), manifest.counter);
    let (publisher, expires) = (verified.publisher.to_string(), manifest.expires.to_string());
    let text = match options.json {
        true => format!(
            "{:#}\n",
            json!({"name": name, "version": version, "counter": counter, "publisher": publisher, "keys": keys,
                "sha256": manifest.sha256, "size": manifest.size, "expires": expires})
        ),
        false => format!(
            "{name} {version} (counter {counter}) from {publisher}, expires {expires}\nsigned with {}\n",
            keys.join(", ")
        ),
    };
    Ok(terminal::print(&text)?)
}
