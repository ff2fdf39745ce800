//! `airlock package sign`: a manifest for a package, and a signature over it.

use crate::cli::signing::{Release, Shown, SigningOptions, manifest_there};
use airlock_native::{MANIFEST_ENDING, SIGNATURES_ENDING, package_digest};
use airlock_trust::PackageManifest;
use anyhow::{Context, bail};
use clap::Args;
use std::path::PathBuf;

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
    #[command(flatten)]
    signing: SigningOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let shown = options.file.display().to_string();
    let (manifest_file, signature_file) = (format!("{shown}{MANIFEST_ENDING}"), format!("{shown}{SIGNATURES_ENDING}"));
    let (size, sha256) = package_digest(&options.file)?;
    let text = match options.signing.add {
        true => manifest_there(&manifest_file)?,
        false => new(&options.signing.release()?, size, &sha256)?.into_bytes(),
    };
    // What is signed here is what machines read.
    let manifest = PackageManifest::parse(&text).with_context(|| manifest_file.clone())?;
    if manifest.sha256 != sha256 {
        bail!("{manifest_file} is for another package than {shown}");
    }
    let PackageManifest { name, version, counter, expires, sha256, .. } = &manifest;
    let shown = Shown { name, version, counter: *counter, expires: *expires, sha256 };
    options.signing.sign(&String::from_utf8(text)?, &manifest_file, &signature_file, &shown)
}

fn new(release: &Release, size: u64, sha256: &str) -> anyhow::Result<String> {
    let Release { name, version, counter, issued, expires } = release;
    let manifest = PackageManifest {
        name: name.clone(),
        version: version.clone(),
        counter: *counter,
        issued: *issued,
        expires: *expires,
        size,
        sha256: sha256.to_owned(),
    };
    Ok(manifest.to_toml()?)
}
