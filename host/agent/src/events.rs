//! What the owner decided, or the program refused, outside of any run: one record of the audit log each.

use airlock_gate::{AuditLog, Record};
use airlock_native::{AuditFile, Folders};
use airlock_sandbox::LoadError;
use airlock_trust::TrustError;
use anyhow::Context;
use serde_json::{Value, json};

/// Writes a record. Whoever is about to change something calls this first, and does not when it fails.
pub(crate) fn record(folders: &Folders, what: &str, details: Value) -> anyhow::Result<()> {
    let written = AuditFile::of(folders)?.write(Record::event(what, details));
    written.context("the audit log: without a record of it, nothing is changed")
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
