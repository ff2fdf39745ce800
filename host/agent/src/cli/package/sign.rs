//! `airlock package sign`: a manifest for a package, and a signature over it.

use crate::cli::task::keygen::PasswordOptions;
use crate::cli::task::sign::Beside;
use crate::exit::Usage;
use crate::moments::later;
use crate::terminal::{self, visible};
use airlock_native::{MANIFEST_ENDING, SIGNATURES_ENDING, package_digest, read_plain};
use airlock_trust::{LARGEST_MANIFEST, Name, PackageManifest};
use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Sign a package, so that jobs can install it where your key is trusted and the policy grants it
///
/// Writes FILE.manifest.toml, which says what the package is, and FILE.manifest.toml.minisig, a signature over it in the
/// format of the minisign tool. All three belong to the deployment job.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  airlock package sign acme-agentd-2.5.1.tar.gz --key acme.key --name acme-agentd --version 2.5.1 --counter 7
  airlock package sign acme-agentd-2.5.1.tar.gz --key second.key --add    a second signature under the same manifest

A pair of keys is made with airlock task keygen. A machine trusts the public one with
  airlock task trust acme.pub --name acme --names 'acme-*'
and its policy grants pkg.install to the publisher.")]
pub(crate) struct Options {
    /// The package: tar, tar.gz, tar.xz, tar.zst or zip
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The secret key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name that it is granted under
    #[arg(long, required_unless_present = "add")]
    name: Option<String>,
    /// Its version, like 2.5.1
    #[arg(long, required_unless_present = "add")]
    version: Option<String>,
    /// A number that rises with every release; machines accept none that is lower than one they installed
    #[arg(long, required_unless_present = "add")]
    counter: Option<u64>,
    /// When machines no longer install it: 90d, 12h, or a moment like 2027-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: String,
    /// Add a signature to the manifest that is there, and change nothing else
    #[arg(long, conflicts_with_all = ["name", "version", "counter"])]
    add: bool,
    #[command(flatten)]
    password: PasswordOptions,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let shown = options.file.display().to_string();
    let (manifest_file, signature_file) = (format!("{shown}{MANIFEST_ENDING}"), format!("{shown}{SIGNATURES_ENDING}"));
    let (size, sha256) = package_digest(&options.file)?;
    let (manifest, text) = match options.add {
        true => {
            let bytes = read_plain(Path::new(&manifest_file), LARGEST_MANIFEST as u64);
            let bytes = bytes.with_context(|| manifest_file.clone())?;
            (PackageManifest::parse(&bytes).with_context(|| manifest_file.clone())?, String::from_utf8(bytes)?)
        }
        false => new(options, size, &sha256)?,
    };
    if manifest.sha256 != sha256 {
        bail!("{manifest_file} is for another package than {shown}");
    }
    let comment = format!("{} {} counter {}", manifest.name, manifest.version, manifest.counter);
    let beside = Beside { manifest: &manifest_file, signatures: &signature_file };
    let public = beside.write(&text, &comment, &options.key, &options.password, options.add)?;
    let (name, version, counter) = (manifest.name.to_string(), manifest.version.to_string(), manifest.counter);
    let text = match options.json {
        true => format!(
            "{:#}\n",
            json!({"name": name, "version": version, "counter": counter, "sha256": manifest.sha256,
                "expires": manifest.expires.to_string(), "manifest": manifest_file, "signatures": signature_file,
                "key": public.to_string()})
        ),
        false => format!(
            "{name} {version} (counter {counter}), expires {}\n{}\n{}  signed with {public}\n",
            manifest.expires,
            visible(&manifest_file),
            visible(&signature_file),
        ),
    };
    Ok(terminal::print(&text)?)
}

fn new(options: &Options, size: u64, sha256: &str) -> anyhow::Result<(PackageManifest, String)> {
    let needed = |what: &str| Usage(format!("--{what} is missing"));
    let now = Timestamp::from_second(Timestamp::now().as_second())?;
    let version = options.version.as_deref().ok_or_else(|| needed("version"))?;
    let manifest = PackageManifest {
        name: Name::parse(options.name.as_deref().ok_or_else(|| needed("name"))?)?,
        version: version.parse().with_context(|| format!("--version {version}"))?,
        counter: options.counter.ok_or_else(|| needed("counter"))?,
        issued: now,
        expires: later(now, &options.expires).map_err(|why| Usage(format!("--expires {}: {why}", options.expires)))?,
        size,
        sha256: sha256.to_owned(),
    };
    let text = manifest.to_toml()?;
    // What is signed here is what machines read.
    let manifest = PackageManifest::parse(text.as_bytes())?;
    Ok((manifest, text))
}
