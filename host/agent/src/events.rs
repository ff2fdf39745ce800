//! What the owner decided, or the program refused, outside of any run: one record of the audit log each.

use airlock_gate::AuditLog;
use airlock_native::{AuditFile, Folders};
use airlock_sandbox::LoadError;
use airlock_trust::TrustError;
use anyhow::Context;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Writes a record. Whoever is about to change something calls this first, and does not when it fails.
pub(crate) fn record(folders: &Folders, what: &str, details: Value) -> anyhow::Result<()> {
    let path = folders.audit()?;
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let line = json!({"time": time, "event": what, "details": details}).to_string();
    AuditFile::open(&path)
        .and_then(|log| log.write(&line))
        .with_context(|| format!("{}: without a record of it, nothing is changed", path.display()))
}

/// Records that a component was refused, and gives the reason back: with a note when even the record failed.
pub(crate) fn refused(folders: &Folders, what: &str, source: &str, error: anyhow::Error) -> anyhow::Error {
    let code = error.chain().find_map(|cause| {
        let trust = cause.downcast_ref::<TrustError>();
        let load = cause.downcast_ref::<LoadError>();
        trust.map(TrustError::code).or_else(|| load.map(|_| "BAD_COMPONENT"))
    });
    let details =
        json!({"source": source, "decision": "deny", "code": code.unwrap_or("FAILED"), "why": format!("{error:#}")});
    match record(folders, what, details) {
        Ok(()) => error,
        Err(unrecorded) => error.context(format!("{unrecorded:#}")),
    }
}
