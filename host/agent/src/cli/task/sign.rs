//! `airlock task sign`: a manifest for a component, and a signature over it.

use crate::admission::declared_imports;
use crate::cli::signing::{Release, Shown, SigningOptions, manifest_there};
use crate::exit::Usage;
use crate::fetch::{COMPONENT, MANIFEST, SIGNATURES};
use airlock_native::read_plain;
use airlock_sandbox::{World, inspect};
use airlock_trust::{LARGEST_COMPONENT, Manifest, sha256_hex};
use anyhow::{Context, bail};
use clap::Args;
use std::path::PathBuf;

/// Sign a component, so that those who trust your key can install it
///
/// Writes FILE.manifest.toml, which says what the component is and what it imports, and FILE.manifest.toml.minisig, a
/// signature over it in the format of the minisign tool.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  airlock task sign check.wasm --key acme.key --name acme-check --version 1.3.0 --counter 7 --expires 90d
  airlock task sign check.wasm --key second.key --add      a second signature under the same manifest")]
pub(crate) struct Options {
    /// The component
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    /// The kind of task; without it, the narrowest that has what the component imports
    #[arg(long, value_name = "KIND", conflicts_with = "add")]
    kind: Vec<String>,
    /// The oldest airlock that it runs on; without it, this one
    #[arg(long, value_name = "VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    minimum_agent: String,
    #[command(flatten)]
    signing: SigningOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let shown = options.file.display().to_string();
    let stem =
        shown.strip_suffix(COMPONENT).with_context(|| format!("{shown}: a component's file ends in {COMPONENT}"))?;
    let (manifest_file, signature_file) = (format!("{stem}{MANIFEST}"), format!("{stem}{MANIFEST}{SIGNATURES}"));
    let component = read_plain(&options.file, LARGEST_COMPONENT).with_context(|| shown.clone())?;
    let text = match options.signing.add {
        true => manifest_there(&manifest_file)?,
        false => new(options, options.signing.release()?, &component)?.into_bytes(),
    };
    // What is signed here is what agents read.
    let manifest = Manifest::parse(&text).with_context(|| manifest_file.clone())?;
    if manifest.sha256 != sha256_hex(&component) {
        bail!("{manifest_file} is for another component than {shown}");
    }
    let Manifest { name, version, counter, expires, sha256, .. } = &manifest;
    let shown = Shown { name, version, counter: *counter, expires: *expires, sha256 };
    options.signing.sign(&String::from_utf8(text)?, &manifest_file, &signature_file, &shown)
}

fn new(options: &Options, release: Release, component: &[u8]) -> anyhow::Result<String> {
    let inspection = inspect(component).with_context(|| options.file.display().to_string())?;
    let worlds = match (options.kind.as_slice(), inspection.world) {
        ([], Some(world)) => vec![world.name().to_owned()],
        ([], None) => bail!("it imports what no kind of task has: airlock task inspect {}", options.file.display()),
        (kinds, _) => kinds.to_vec(),
    };
    let imports = declared_imports(&inspection);
    for kind in &worlds {
        let Some(world) = World::by_name(kind) else {
            let known: Vec<&str> = World::ALL.iter().map(|world| world.name()).collect();
            return Err(Usage(format!("--kind {kind}: the kinds of task are {}", known.join(", "))).into());
        };
        if let Some(outside) = imports.iter().find(|import| !world.has(import)) {
            bail!("--kind {kind}: the component imports {outside}, which tasks of that kind never have");
        }
    }
    let Release { name, version, counter, issued, expires } = release;
    let minimum_agent = options.minimum_agent.parse();
    let manifest = Manifest {
        name,
        version,
        counter,
        issued,
        expires,
        size: u64::try_from(component.len())?,
        sha256: sha256_hex(component),
        worlds,
        imports,
        minimum_agent: minimum_agent.with_context(|| format!("--minimum-agent {}", options.minimum_agent))?,
    };
    Ok(manifest.to_toml()?)
}
