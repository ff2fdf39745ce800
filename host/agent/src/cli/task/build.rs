//! `airlock task build`: from a task's sources to a component, with nothing but the Rust toolchain.

use super::kilobytes;
use crate::exit::Usage;
use crate::terminal::{self, visible};
use airlock_guest_builder::{Guest, build};
use airlock_native::{read_document, write_document};
use airlock_sandbox::{Digest, inspect};
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};

/// No manifest and no component is larger.
const LARGEST: u64 = 64 << 20;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  airlock task build                  the task in this folder: target/NAME.component.wasm
  airlock task build ../acme-version -o acme.wasm")]
pub(crate) struct Options {
    /// The folder of the task's Cargo.toml
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Write the component there
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The profile of cargo
    #[arg(long, value_name = "NAME", default_value = "release")]
    profile: String,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let manifest = options.folder.join("Cargo.toml");
    let package = package(&manifest)?;
    let guest = Guest { package, manifest, profile: options.profile.clone() };
    let mut path = build(&guest, &options.folder.join("target"))?;
    let component = read_document(&path, LARGEST).with_context(|| path.display().to_string())?;
    // What cannot be loaded is better known now than on another machine.
    let inspection = inspect(&component).with_context(|| path.display().to_string())?;
    if let Some(output) = &options.output {
        write_document(output, &component).with_context(|| output.display().to_string())?;
        path.clone_from(output);
    }
    let kind = inspection.world.map_or("none", |world| world.name());
    let digest = Digest::of(&component);
    let shown = visible(&path.display().to_string());
    Ok(terminal::print(&format!("{shown}: {}, kind {kind}, sha256 {digest}\n", kilobytes(component.len())))?)
}

fn package(manifest: &Path) -> anyhow::Result<String> {
    let nothing = |why: String| Usage(format!("{}: {why}; begin with `airlock task new NAME`", manifest.display()));
    let bytes = read_document(manifest, 1 << 20).map_err(|error| nothing(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| nothing("not UTF-8".to_owned()))?;
    let table: toml::Table = text.parse().with_context(|| manifest.display().to_string())?;
    let name = table.get("package").and_then(|package| package.get("name")?.as_str());
    name.map(str::to_owned).ok_or_else(|| nothing("it names no package".to_owned()).into())
}
