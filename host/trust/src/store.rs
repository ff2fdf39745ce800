//! Whom the owner trusts, with what names, and what was seen of each: a value, kept in a file by whoever has files.

use crate::error::TrustError;
use crate::glob::Glob;
use crate::key::Key;
use crate::manifest::Manifest;
use crate::name::Name;
use crate::package::VerifiedPackage;
use crate::verify::Verified;
use jiff::Timestamp;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What the owner decided and what has been seen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustStore {
    #[serde(default)]
    pub publishers: BTreeMap<Name, Publisher>,
    /// Keys that count no longer, wherever they stand.
    #[serde(default)]
    pub revoked: BTreeMap<Key, Revoked>,
    /// The newest that was seen, by publisher and name.
    #[serde(default)]
    pub marks: Marks,
    /// The same of packages, which are not components though they may be called the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: Marks,
}

/// By publisher and name.
pub type Marks = BTreeMap<Name, BTreeMap<Name, Mark>>;

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// So many of the keys have to sign.
    pub threshold: u32,
    pub keys: Vec<Signer>,
}

/// A key, and the names that it may sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    pub key: Key,
    pub names: Vec<Glob>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    #[serde(with = "crate::moment")]
    pub since: Timestamp,
    #[serde(default)]
    pub reason: String,
}

/// The newest that was seen of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    pub counter: u64,
    pub version: Version,
    #[serde(with = "crate::moment")]
    pub issued: Timestamp,
    /// Of the component that had this counter.
    pub sha256: String,
}

impl TrustStore {
    /// Trusts a key of a publisher for some names. A key belongs to one publisher; one that is revoked stays so.
    pub fn trust(&mut self, publisher: &Name, key: Key, names: Vec<Glob>) -> Result<(), String> {
        if let Some(revoked) = self.revoked.get(&key) {
            return Err(format!("{key} was revoked on {}; it is not trusted again", revoked.since));
        }
        if names.is_empty() {
            return Err("a key is trusted for names: say which".to_owned());
        }
        let other = self.publishers.iter().find(|(name, p)| *name != publisher && p.keys.iter().any(|s| s.key == key));
        if let Some((other, _)) = other {
            return Err(format!("{key} is already a key of {other}, and a key belongs to one publisher"));
        }
        let entry = self.publishers.entry(publisher.clone()).or_insert(Publisher { threshold: 1, keys: vec![] });
        entry.keys.retain(|signer| signer.key != key);
        entry.keys.push(Signer { key, names });
        Ok(())
    }

    /// Sets how many keys of a publisher have to sign.
    pub fn set_threshold(&mut self, publisher: &Name, threshold: u32) -> Result<(), String> {
        let Some(entry) = self.publishers.get_mut(publisher) else {
            return Err(format!("no publisher is called {publisher}"));
        };
        if threshold == 0 {
            return Err("at least one signature is needed".to_owned());
        }
        entry.threshold = threshold;
        Ok(())
    }

    /// Revokes a key, whether it is trusted or not. What it signed alone does not run any longer.
    pub fn revoke(&mut self, key: Key, since: Timestamp, reason: &str) {
        self.revoked.entry(key).or_insert_with(|| Revoked { since, reason: reason.to_owned() });
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.publishers.values().flat_map(|publisher| publisher.keys.iter().map(|signer| signer.key))
    }

    pub fn mark(&self, publisher: &Name, name: &Name) -> Option<&Mark> {
        self.marks.get(publisher).and_then(|names| names.get(name))
    }

    /// Refuses what is older than what was seen, and two components under one counter.
    pub fn check_mark(&self, verified: &Verified) -> Result<(), TrustError> {
        let name = &verified.manifest.name;
        self.mark(&verified.publisher, name).map_or(Ok(()), |mark| mark.check(name, &of(&verified.manifest)))
    }

    /// Remembers what was accepted. A mark only rises, also when the owner lets an old version in.
    pub fn raise_mark(&mut self, verified: &Verified) {
        raise(&mut self.marks, &verified.publisher, &verified.manifest.name, of(&verified.manifest));
    }

    /// As [`Self::check_mark`], for a package.
    pub fn check_package(&self, verified: &VerifiedPackage) -> Result<(), TrustError> {
        let name = &verified.manifest.name;
        let mark = self.packages.get(&verified.publisher).and_then(|names| names.get(name));
        mark.map_or(Ok(()), |mark| mark.check(name, &verified.manifest.mark()))
    }

    /// As [`Self::raise_mark`], for a package.
    pub fn raise_package(&mut self, verified: &VerifiedPackage) {
        let manifest = &verified.manifest;
        raise(&mut self.packages, &verified.publisher, &manifest.name, manifest.mark());
    }
}

fn of(manifest: &Manifest) -> Mark {
    Mark {
        counter: manifest.counter,
        version: manifest.version.clone(),
        issued: manifest.issued,
        sha256: manifest.sha256.clone(),
    }
}

fn raise(marks: &mut Marks, publisher: &Name, name: &Name, new: Mark) {
    let names = marks.entry(publisher.clone()).or_default();
    let mark = names.entry(name.clone()).or_insert_with(|| new.clone());
    if new.counter > mark.counter {
        mark.counter = new.counter;
        mark.sha256 = new.sha256;
    }
    if new.version.cmp_precedence(&mark.version).is_gt() {
        mark.version = new.version;
    }
    mark.issued = mark.issued.max(new.issued);
}

impl Mark {
    /// Refuses what is older than this, and other bytes under its counter.
    fn check(&self, name: &Name, new: &Mark) -> Result<(), TrustError> {
        let why = match new.counter.cmp(&self.counter) {
            Ordering::Less => "its counter went back",
            Ordering::Equal if new.sha256 != self.sha256 => "another one has had that counter",
            _ if new.version.cmp_precedence(&self.version).is_lt() => "its version went back",
            _ => return Ok(()),
        };
        let words = |mark: &Mark| format!("{}, counter {}", mark.version, mark.counter);
        let (offered, seen) = (words(new), words(self));
        Err(TrustError::Rollback { name: name.to_string(), offered, seen, why: why.to_owned() })
    }
}
