//! What `task sign` and `package sign` have in common: a release is named, a manifest of it is written, and a signature
//! over the manifest, all beside the file that it is of.

use super::task::keygen::PasswordOptions;
use crate::exit::Usage;
use crate::moments::later;
use crate::terminal::{self, visible};
use airlock_native::{read_document, read_plain, write_document};
use airlock_trust::{LARGEST_MANIFEST, LARGEST_SIGNATURES, Name, Password, SecretKey, Signatures};
use anyhow::{Context, anyhow};
use clap::Args;
use jiff::Timestamp;
use semver::Version;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct SigningOptions {
    /// The secret key (airlock task keygen)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name that it is installed and granted under
    #[arg(long, required_unless_present = "add")]
    name: Option<String>,
    /// Its version, like 1.3.0
    #[arg(long, required_unless_present = "add")]
    version: Option<String>,
    /// A number that rises with every release; machines accept none that is lower than one they have seen
    #[arg(long, required_unless_present = "add")]
    counter: Option<u64>,
    /// When it is no longer fresh: 90d, 12h, or a moment like 2027-01-31T12:00:00Z
    ///
    /// A package is not installed after that. Of a component a newer one is asked for then; as long again after that, it no
    /// longer runs if its kind of task can change anything.
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: String,
    /// Add a signature to the manifest that is there, and change nothing else
    #[arg(long, conflicts_with_all = ["name", "version", "counter"])]
    pub(crate) add: bool,
    #[command(flatten)]
    password: PasswordOptions,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What the command line says of a release.
pub(crate) struct Release {
    pub(crate) name: Name,
    pub(crate) version: Version,
    pub(crate) counter: u64,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
}

/// What was signed, as it is shown.
pub(crate) struct Shown<'a> {
    pub(crate) name: &'a Name,
    pub(crate) version: &'a Version,
    pub(crate) counter: u64,
    pub(crate) expires: Timestamp,
    /// In hex.
    pub(crate) sha256: &'a str,
}

impl SigningOptions {
    pub(crate) fn release(&self) -> anyhow::Result<Release> {
        let needed = |what: &str| Usage(format!("--{what} is missing"));
        let issued = Timestamp::from_second(Timestamp::now().as_second())?;
        let version = self.version.as_deref().ok_or_else(|| needed("version"))?;
        Ok(Release {
            name: Name::parse(self.name.as_deref().ok_or_else(|| needed("name"))?)?,
            version: version.parse().with_context(|| format!("--version {version}"))?,
            counter: self.counter.ok_or_else(|| needed("counter"))?,
            issued,
            expires: later(issued, &self.expires).map_err(|why| Usage(format!("--expires {}: {why}", self.expires)))?,
        })
    }

    /// Signs the manifest `text`, writes it and the signature, or adds a signature to those that are there; says so.
    pub(crate) fn sign(&self, text: &str, manifest: &str, signatures: &str, shown: &Shown) -> anyhow::Result<()> {
        let Shown { name, version, counter, expires, sha256 } = shown;
        let key = secret_key(&self.key, &self.password)?;
        let public = key.public().map_err(|why| anyhow!(why))?;
        let comment = format!("{name} {version} counter {counter}");
        let mut signature = key.sign(text.as_bytes(), &comment).map_err(|why| anyhow!(why))?;
        if self.add {
            let old = read_plain(Path::new(signatures), LARGEST_SIGNATURES as u64);
            let old = String::from_utf8(old.with_context(|| signatures.to_owned())?)?;
            Signatures::parse(old.as_bytes()).with_context(|| signatures.to_owned())?;
            signature = format!("{}\n{signature}", old.trim_end());
        } else {
            write_document(Path::new(manifest), text.as_bytes()).with_context(|| manifest.to_owned())?;
        }
        write_document(Path::new(signatures), signature.as_bytes()).with_context(|| signatures.to_owned())?;
        let said = match self.json {
            true => format!(
                "{:#}\n",
                json!({"name": name.to_string(), "version": version.to_string(), "counter": counter, "sha256": sha256,
                    "expires": expires.to_string(), "manifest": manifest, "signatures": signatures,
                    "key": public.to_string()})
            ),
            false => format!(
                "{name} {version} (counter {counter}), expires {expires}\n{}\n{}  signed with {public}\n",
                visible(manifest),
                visible(signatures),
            ),
        };
        Ok(terminal::print(&said)?)
    }
}

/// The manifest that was signed before: its bytes.
pub(crate) fn manifest_there(file: &str) -> anyhow::Result<Vec<u8>> {
    read_plain(Path::new(file), LARGEST_MANIFEST as u64).with_context(|| file.to_owned())
}

fn secret_key(path: &Path, password: &PasswordOptions) -> anyhow::Result<SecretKey> {
    let at = || path.display().to_string();
    let file = String::from_utf8(read_document(path, 64 << 10).with_context(at)?).with_context(at)?;
    let password = match SecretKey::needs_password(&file) {
        true => password.password()?,
        false => Password::None,
    };
    SecretKey::parse(&file, password).map_err(|why| anyhow!(why)).with_context(at)
}
