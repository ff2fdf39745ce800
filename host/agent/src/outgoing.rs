//! From a report to the document that one server gets: the owner's redaction is applied once, here, on the model, and
//! whatever is encoded has been through it.

use crate::document::{self, Format};
use crate::policies::{Loaded, Policies};
use crate::table::table;
use airlock_gate::policy::{Refusal, Rules, Verdict};
use airlock_gate::ports::Facts as _;
use airlock_gate::redact::{Profile, Redactor, Tokens, Withheld};
use airlock_gate::{Ask, Asker, Code, Guards, Policy, Verb, may_send};
use airlock_model::{Report, schema};
use airlock_native::{CountersFile, Folders, Observation, Sent, redaction_key};
use airlock_protocol::Envelope;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// A document as it would leave.
pub(crate) struct Outgoing {
    pub(crate) document: String,
    pub(crate) withheld: Vec<Withheld>,
}

/// What is applied to everything that leaves for a server: the profiles of the grants that let a report be sent. An
/// error: nothing may be sent.
pub(crate) fn redactor(
    rules: Option<&Rules>,
    policy: &Policy,
    server: &str,
    folders: &Folders,
    tokens: Tokens,
) -> anyhow::Result<Redactor> {
    let profiles = match rules {
        // The built-in minimum: what it shows is nothing that would have to be withheld.
        None => Vec::new(),
        Some(rules) => profiles(rules, policy).map_err(|refusal| {
            let (code, why) = (refusal.code, refusal.why);
            anyhow::anyhow!("nothing may be sent to {server}: {code}: {why} (a grant with verb = \"report.send\")")
        })?,
    };
    Ok(Redactor::new(profiles, redaction_key(folders, server)?, tokens))
}

fn profiles(rules: &Rules, policy: &Policy) -> Result<Vec<Profile>, Refusal> {
    let allowed = match policy.decide(&Ask::new(Verb::ReportSend), jiff::Timestamp::now()) {
        Verdict::Allow(allowed) => allowed,
        Verdict::Deny(refusal) => return Err(refusal),
    };
    let unknown = |name: &String| Refusal::new(Code::NoPolicy, format!("no [redact.NAME] is called {name:?}"));
    let names = allowed.scope.redact.iter();
    names.map(|name| rules.profiles.get(name).cloned().ok_or_else(|| unknown(name))).collect()
}

/// What must leave nowhere else: the people of the machine that was observed, whatever the server sees of them, and the
/// owner's secrets.
pub(crate) fn tokens(observation: &Observation, loaded: &Loaded) -> anyhow::Result<Tokens> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut report = Report::default();
    for name in ["local_users", "users", "hardware"] {
        let Some(section) = schema::section(name) else { continue };
        if let Ok(reading) = runtime.block_on(observation.read(name)) {
            report.emit(section, reading.rows.clone());
        }
    }
    Ok(Tokens { secrets: loaded.secrets.secrets.clone(), ..Tokens::of(&report) })
}

/// What remains of a report, and what was withheld of it by which line.
pub(crate) fn redacted(
    report: Report,
    envelope: &Envelope,
    redactor: &Redactor,
    took: Duration,
) -> (Report, Envelope, Vec<Withheld>) {
    let (report, mut withheld) = redactor.report(report, |report| document::sign(report, took));
    let (deviceid, tag, more) = redactor.members(&envelope.deviceid, envelope.tag.as_deref());
    withheld.extend(more);
    (report, Envelope { deviceid, tag, ..envelope.clone() }, withheld)
}

/// The exact bytes that would leave.
pub(crate) fn preview(
    report: Report,
    envelope: &Envelope,
    redactor: &Redactor,
    took: Duration,
    format: Format,
) -> Outgoing {
    let (report, envelope, withheld) = redacted(report, envelope, redactor, took);
    Outgoing { document: document::encode(&report, &envelope, format), withheld }
}

/// Lets a document leave for a server: asked of the kill switch and the policy, drawn on its allowances, and written down
/// before it is handed over. An error: it stays here.
pub(crate) struct Exit<'a> {
    pub(crate) policies: &'a Policies,
    pub(crate) folders: &'a Folders,
    pub(crate) server: &'a str,
    /// Whose document it is, as the policy calls it: a task, or `proxy` for another agent's.
    pub(crate) task: &'a str,
    pub(crate) policy: &'a Policy,
    /// Where it goes.
    pub(crate) to: &'a str,
}

impl Exit<'_> {
    /// `is_again`: it is in the ledger already.
    pub(crate) fn take(&self, kind: &str, document: &[u8], is_again: bool) -> anyhow::Result<()> {
        let bytes = u64::try_from(document.len()).unwrap_or(u64::MAX);
        let counters = CountersFile::open(&self.folders.state()?)?;
        let asker = Asker { server: Some(self.server.to_owned()), task: self.task.to_owned(), ..Asker::default() };
        let guards = Guards { counters: Arc::new(counters), ..self.policies.places.owners_guards(&asker) };
        let allowed = may_send(self.policy, &guards, bytes).map_err(|Refusal { code, why }| {
            let details =
                json!({ "server": self.server, "kind": kind, "bytes": bytes, "code": code.name(), "why": why });
            self.policies.tell("report kept back", details);
            anyhow::anyhow!("nothing may be sent to {}: {code}: {why}", self.server)
        })?;
        if !is_again {
            Sent::new(self.folders).record(self.server, kind, self.to, document)?;
        }
        let rule = &allowed.rule;
        let details = json!({ "server": self.server, "kind": kind, "to": self.to, "bytes": bytes, "rule": rule });
        self.policies.tell("report leaves", details);
        Ok(())
    }
}

/// For people: what was withheld, how often, and by which line.
pub(crate) fn in_words(withheld: &[Withheld]) -> String {
    if withheld.is_empty() {
        return "No redaction withheld anything.\n".to_owned();
    }
    let rows: Vec<Vec<String>> = withheld
        .iter()
        .map(|one| {
            let by = match (&one.profile, &one.at) {
                (Some(profile), Some(at)) => format!("{at} ({profile})"),
                (Some(profile), None) => format!("{profile}: unknown = \"drop\""),
                _ => "the value sweep".to_owned(),
            };
            vec![one.path.clone(), one.op.to_owned(), one.count.to_string(), by]
        })
        .collect();
    table(&["withheld", "by", ">values or rows", "line"], &rows)
}
