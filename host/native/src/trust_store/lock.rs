//! The lock file: which component a name stands for. A run takes a task's name from here, never from the component.

use airlock_trust::{Name, Verified};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is installed, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lock(BTreeMap<Name, Installed>);

/// An installed component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installed {
    pub publisher: Name,
    pub version: String,
    pub counter: u64,
    /// Of the component.
    pub sha256: String,
    pub manifest_sha256: String,
    /// The kind of task that it runs as.
    pub world: String,
    pub imports: Vec<String>,
    pub installed: String,
    /// Where it came from.
    pub source: String,
    /// The owner let it in although something newer had been seen.
    #[serde(default)]
    pub rollback: bool,
    /// An update that asks for more than this one has, and waits for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// An update that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    pub version: String,
    pub sha256: String,
    pub manifest_sha256: String,
    /// What it imports and the installed one does not.
    pub asks: Vec<String>,
}

impl Installed {
    pub fn new(verified: &Verified, world: &str, source: &str, installed: String) -> Self {
        let manifest = &verified.manifest;
        Self {
            publisher: verified.publisher.clone(),
            version: manifest.version.to_string(),
            counter: manifest.counter,
            sha256: manifest.sha256.clone(),
            manifest_sha256: verified.manifest_sha256.clone(),
            world: world.to_owned(),
            imports: manifest.imports.clone(),
            installed,
            source: source.to_owned(),
            rollback: false,
            held: None,
        }
    }
}

impl Held {
    pub fn new(verified: &Verified, asks: Vec<String>) -> Self {
        Self {
            version: verified.manifest.version.to_string(),
            sha256: verified.manifest.sha256.clone(),
            manifest_sha256: verified.manifest_sha256.clone(),
            asks,
        }
    }
}

impl Lock {
    pub fn get(&self, name: &str) -> Option<&Installed> {
        self.0.iter().find(|(known, _)| known.as_str() == name).map(|(_, installed)| installed)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Installed)> {
        self.0.iter()
    }

    pub(super) fn put(&mut self, name: Name, installed: Installed) {
        self.0.insert(name, installed);
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Installed> {
        let known = self.0.keys().find(|known| known.as_str() == name)?.clone();
        self.0.remove(&known)
    }

    /// Whether some entry needs the file of that digest.
    pub(super) fn names(&self, digest: &str) -> bool {
        self.0.values().any(|installed| {
            let held = installed.held.as_ref();
            installed.sha256 == digest
                || installed.manifest_sha256 == digest
                || held.is_some_and(|held| held.sha256 == digest || held.manifest_sha256 == digest)
        })
    }
}
