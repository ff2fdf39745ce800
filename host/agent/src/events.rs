//! What the owner decided, or the program refused, outside of any run: one record of the audit log each.

use crate::listener::Refused;
use crate::policies;
use airlock_gate::policy::{AuditSettings, Rules};
use airlock_gate::{AuditLog, Record};
use airlock_native::{AuditFile, Folders, PolicyStore};
use airlock_sandbox::LoadError;
use airlock_trust::TrustError;
use anyhow::Context;
use serde::Serialize;
use serde_json::json;

/// Writes a record, and anchors it. Whoever is about to change something calls this first, and does not when it fails.
pub(crate) fn record(folders: &Folders, what: &str, details: impl Serialize) -> anyhow::Result<()> {
    keep(folders, || Record::event(what, details))
}

/// Writes that a neighbour did not get what it asked the listener for: a decision like those on what tasks ask for.
pub(crate) fn refused_to_neighbour(folders: &Folders, refused: &Refused) -> anyhow::Result<()> {
    let Refused { neighbour, task, what, code, why, times, .. } = refused;
    let made = || {
        let mut record = Record::now();
        record.set("task", task).set("neighbour", neighbour).set("call", what).set("verb", "listener.ask");
        record.set("ask", json!({ "what": what })).set("times", times);
        record.set("decision", "deny").set("code", code).set("why", why);
        record
    };
    keep(folders, made)
}

/// The record is made when the owner's secrets are known, which are taken out of it.
fn keep(folders: &Folders, record: impl FnOnce() -> Record) -> anyhow::Result<()> {
    let log = AuditFile::under(folders, &settings(folders))?;
    log.write(record()).context("the audit log: without a record of it, nothing is changed")?;
    // The last record of this process, as far as it knows.
    log.anchor();
    Ok(())
}

/// What the policy that was accepted last says of the audit, which holds none of its secrets either.
fn settings(folders: &Folders) -> AuditSettings {
    let accepted = folders.state().ok().and_then(|state| PolicyStore::new(&state).last_good().ok().flatten());
    let Some(rules) = accepted.and_then(|accepted| Rules::parse(&accepted.files()).ok()) else {
        return AuditSettings::default();
    };
    policies::of_credentials(&rules);
    rules.audit
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
