//! What a publisher says of a package of software, and signs: a document like a component's manifest, and never taken for
//! one, as it says that it is a package's. A package that has expired is not installed: unlike a component, it is
//! brought anew each time.

use crate::error::TrustError;
use crate::key::Key;
use crate::manifest::{FORMAT, bad, check_digest, check_period, moment, version};
use crate::name::Name;
use crate::store::{Mark, TrustStore};
use crate::verify::{publisher_of, signers};
use jiff::Timestamp;
use semver::Version;
use serde::Deserialize;
use std::fmt::Write;

/// No package that would be accepted is larger, in bytes.
pub const LARGEST_PACKAGE: u64 = 64 << 30;

const KIND: &str = "package";

/// What was signed of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageManifest {
    pub name: Name,
    pub version: Version,
    /// Goes up with every release; never back.
    pub counter: u64,
    pub issued: Timestamp,
    pub expires: Timestamp,
    /// Bytes of the package.
    pub size: u64,
    /// Of the package, in hex.
    pub sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    format: u32,
    kind: String,
    name: Name,
    version: String,
    counter: u64,
    issued: toml::value::Datetime,
    expires: toml::value::Datetime,
    size: u64,
    sha256: String,
}

impl PackageManifest {
    /// Reads a manifest.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        let text = std::str::from_utf8(bytes).map_err(|_| TrustError::Manifest("it is not UTF-8".to_owned()))?;
        let raw: Raw = toml::from_str(text).map_err(|e| TrustError::Manifest(e.to_string().trim_end().to_owned()))?;
        if (raw.format, raw.kind.as_str()) != (FORMAT, KIND) {
            return bad(format!(
                "format {} of kind {:?}; expected format {FORMAT} of kind {KIND:?}",
                raw.format, raw.kind
            ));
        }
        let manifest = Self {
            name: raw.name,
            version: version("version", &raw.version)?,
            counter: raw.counter,
            issued: moment("issued", &raw.issued)?,
            expires: moment("expires", &raw.expires)?,
            size: raw.size,
            sha256: raw.sha256,
        };
        manifest.check()?;
        Ok(manifest)
    }

    /// The document, as it is signed.
    pub fn to_toml(&self) -> Result<String, TrustError> {
        self.check()?;
        let mut text = format!("format = {FORMAT}\nkind = \"{KIND}\"\nname = \"{}\"\n", self.name);
        let _ = write!(text, "version = \"{}\"\ncounter = {}\n", self.version, self.counter);
        let _ = write!(text, "issued = {}\nexpires = {}\n", self.issued, self.expires);
        let _ = writeln!(text, "size = {}\nsha256 = \"{}\"", self.size, self.sha256);
        Ok(text)
    }

    fn check(&self) -> Result<(), TrustError> {
        check_digest(&self.sha256)?;
        if self.size == 0 || self.size > LARGEST_PACKAGE {
            return bad(format!("a package of {} bytes; between 1 and {LARGEST_PACKAGE} are accepted", self.size));
        }
        check_period(self.issued, self.expires)
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { counter: self.counter, version: self.version.clone(), issued: self.issued, sha256: self.sha256.clone() }
    }
}

/// A package's manifest that enough keys of a publisher have signed for its name, and that holds still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPackage {
    pub manifest: PackageManifest,
    pub publisher: Name,
    /// The keys that count: neither revoked nor outside their names.
    pub keys: Vec<Key>,
}

/// Whose a package's manifest is. Refuses what is unsigned, by unknown, revoked or undelegated keys, by too few of them,
/// and what has expired; not what is older than what was installed ([`TrustStore::check_package`]).
pub fn authenticate_package(
    manifest: &[u8],
    signatures: &[u8],
    store: &TrustStore,
    now: Timestamp,
) -> Result<VerifiedPackage, TrustError> {
    let valid = signers(manifest, signatures, store)?;
    let manifest = PackageManifest::parse(manifest)?;
    let (publisher, keys) = publisher_of(&manifest.name, &valid, store, &store.packages)?;
    // A clock that was set back makes nothing fresh again.
    let mark = store.packages.get(&publisher).and_then(|names| names.get(&manifest.name));
    let now = mark.map_or(now, |mark| now.max(mark.issued)).max(manifest.issued);
    if now > manifest.expires {
        return Err(TrustError::Expired {
            name: manifest.name.to_string(),
            version: manifest.version.to_string(),
            expired: manifest.expires.to_string(),
        });
    }
    Ok(VerifiedPackage { manifest, publisher, keys })
}

impl VerifiedPackage {
    /// Holds a package's bytes, by their number and their SHA-256 in hex, to what was signed.
    pub fn check_bytes(&self, size: u64, sha256: &str) -> Result<(), TrustError> {
        let signed = &self.manifest;
        if size != signed.size {
            return Err(TrustError::Bytes(format!("{size} bytes; {} were signed", signed.size)));
        }
        match sha256 == signed.sha256 {
            true => Ok(()),
            false => Err(TrustError::Bytes(format!("sha256 {sha256}; {} was signed", signed.sha256))),
        }
    }
}
