//! Where the log goes.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[log]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogSettings {
    /// Empty: standard error.
    pub(crate) to: Vec<LogBackend>,
    pub(crate) file: Option<PathBuf>,
    /// The file is turned over when it is larger.
    pub(crate) file_mb: Option<u64>,
    /// `daemon`, `user`, `local0` …
    pub(crate) facility: Option<String>,
    /// 0: what happens; 1: more; 2: everything.
    pub(crate) debug: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogBackend {
    Stderr,
    File,
    Syslog,
}
