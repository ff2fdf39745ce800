//! A policy file: its text, and what its head says.

use crate::Location;
use crate::terms::Mode;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A file as it was read, by the name that its owner knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    pub name: String,
    pub text: String,
}

impl PolicyFile {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// Who wrote a file: layers only narrow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerName {
    Org,
    #[default]
    Local,
}

impl LayerName {
    pub fn name(self) -> &'static str {
        match self {
            LayerName::Org => "org",
            LayerName::Local => "local",
        }
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// As a policy writes them.
pub(super) const MODES: &[&str] = &["enforce", "observe", "dry-run"];

pub(super) fn mode(name: &str) -> Option<Mode> {
    match name {
        "enforce" => Some(Mode::Enforce),
        "observe" => Some(Mode::Observe),
        "dry-run" => Some(Mode::DryRun),
        _ => None,
    }
}

/// The head of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileHead {
    pub name: String,
    /// Which policy it is; its serial may not go back.
    pub id: Option<String>,
    pub serial: u64,
    pub layer: LayerName,
    pub mode: Mode,
    /// Only signed files of the local layer load.
    pub require_signature: bool,
    #[serde(skip)]
    pub at: Location,
    /// `sha256` of its text, in hex.
    pub digest: String,
}
