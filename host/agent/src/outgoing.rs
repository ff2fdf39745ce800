//! From a report to the document that one server gets: the owner's redaction is applied once, here, on the model, and
//! whatever is encoded has been through it.

use crate::document::{self, Format};
use crate::table::table;
use airlock_gate::policy::{Refusal, Rules, Verdict};
use airlock_gate::ports::Facts as _;
use airlock_gate::redact::{Profile, Redactor, Tokens, Withheld};
use airlock_gate::{Ask, Code, Policy, Verb};
use airlock_model::{Report, schema};
use airlock_native::{Folders, Observation, redaction_key};
use airlock_protocol::Envelope;
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

/// The people of the machine that was observed, whatever the server sees of them: their names must leave nowhere else.
pub(crate) fn tokens(observation: &Observation) -> anyhow::Result<Tokens> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut report = Report::default();
    for name in ["local_users", "users", "hardware"] {
        let Some(section) = schema::section(name) else { continue };
        if let Ok(reading) = runtime.block_on(observation.read(name)) {
            report.emit(section, reading.rows.clone());
        }
    }
    Ok(Tokens::of(&report))
}

/// The exact bytes that would leave, and what was withheld of them by which line.
pub(crate) fn preview(
    report: Report,
    envelope: &Envelope,
    redactor: &Redactor,
    took: Duration,
    format: Format,
) -> Outgoing {
    let (report, mut withheld) = redactor.report(report, |report| document::sign(report, took));
    let (deviceid, tag, more) = redactor.members(&envelope.deviceid, envelope.tag.as_deref());
    withheld.extend(more);
    let envelope = Envelope { deviceid, tag, ..envelope.clone() };
    Outgoing { document: document::encode(&report, &envelope, format), withheld }
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
