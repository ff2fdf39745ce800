//! What was asked before: calls from the audit, from what a policy in `observe` mode was asked, and from recordings; and
//! recorded refusals, explained.

use crate::policies::{Places, Policies};
use crate::terminal::{self, visible};
use airlock_gate::audit::{Decided, Question};
use airlock_gate::calls::registry::ask_of;
use airlock_gate::cassette::{Cassette, LARGEST};
use airlock_gate::policy::{Circumstances, explain as explained};
use airlock_gate::{Ask, Asker};
use airlock_native::{AuditReader, Folders, Observed, ObservedFile, is_there, read_document};
use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Decisions of the audit that are looked at.
const MANY: usize = 100_000;
const LARGEST_OBSERVED: u64 = 64 << 20;

/// Where calls come from.
#[derive(Debug, Args)]
pub(crate) struct Calls {
    /// The calls: `audit`, or a recording
    #[arg(long, visible_alias = "from", value_name = "audit|CASSETTE", default_value = "audit")]
    calls: String,

    /// Only those for this server; of a recording: as if they were for it
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
}

/// Every call, with who asked.
pub(crate) fn calls(options: &Calls, places: &Places) -> anyhow::Result<Vec<(Asker, Ask)>> {
    if options.calls == "audit" {
        return of_machine(options.server.as_deref(), places);
    }
    of_recording(Path::new(&options.calls), options.server.as_deref())
}

fn of_machine(server: Option<&str>, places: &Places) -> anyhow::Result<Vec<(Asker, Ask)>> {
    let folders = Folders::new(places.vardir())?;
    let question = Question { last: MANY, server: server.map(str::to_owned), ..Question::default() };
    let decided = AuditReader::new(&folders.audit()?).decided(&question)?;
    let mut all: Vec<(Asker, Ask)> = decided.iter().filter_map(|one| asked(&one.record)).collect();
    let observed: PathBuf = ObservedFile::path(&folders.state()?);
    if is_there(&observed) {
        let at = || observed.display().to_string();
        let bytes = read_document(&observed, LARGEST_OBSERVED).with_context(at)?;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let one: Observed = serde_json::from_slice(line).with_context(at)?;
            if server.is_none_or(|server| one.asker.server.as_deref() == Some(server)) {
                all.push((one.asker, one.ask));
            }
        }
    }
    Ok(all)
}

fn of_recording(path: &Path, server: Option<&str>) -> anyhow::Result<Vec<(Asker, Ask)>> {
    let at = || path.display().to_string();
    let text = String::from_utf8(read_document(path, LARGEST).with_context(at)?).with_context(at)?;
    let cassette = Cassette::parse(&text).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    let header = &cassette.header;
    let asker = Asker {
        server: server.map(str::to_owned).or_else(|| header.server.clone()),
        task: header.task.clone(),
        digest: Some(header.digest.clone()),
        ..Asker::default()
    };
    let asks = cassette.exchanges.iter().filter_map(|exchange| ask_of(&exchange.name, &exchange.call));
    let of_policy = asks.filter(|ask: &Ask| ask.verb.is_some());
    Ok(of_policy.map(|ask| (asker.clone(), ask)).collect())
}

/// What a record of the audit says was asked, and by whom.
fn asked(record: &Value) -> Option<(Asker, Ask)> {
    let text = |name: &str| record.get(name).and_then(Value::as_str).map(str::to_owned);
    let ask: Ask = serde_json::from_value(record.get("ask")?.clone()).ok()?;
    let asker = Asker {
        server: text("server"),
        task: text("task")?,
        digest: text("digest"),
        publisher: text("publisher"),
        ..Asker::default()
    };
    ask.verb.is_some().then_some((asker, ask))
}

/// Explains a refusal that was recorded: what the record says, and what the policy of now says of the same call.
pub(crate) fn explain(denied: &Decided, reader: &AuditReader, places: &Places, json: bool) -> anyhow::Result<()> {
    let record = &denied.record;
    let text = |name: &str| denied.text(name).unwrap_or("?").to_owned();
    let (seen, since) = reader.seen(denied)?;
    let folders = Folders::new(places.vardir()).ok();
    let policies = Policies::open(places, folders.as_ref())?;
    let now = asked(record).and_then(|(asker, ask)| {
        let rules = policies.loaded.rules.as_ref()?;
        // Whose it was, the record says: its keys were verified then.
        let circumstances =
            Circumstances { publisher_is_given: true, ..policies.circumstances(&policies.loaded, &asker) };
        Some(explained(rules, &asker, &circumstances, &ask, Some(jiff::Timestamp::now())))
    });
    if json {
        let document = json!({"record": record, "seen": seen, "since": since, "now": now});
        return Ok(terminal::print(&format!("{document:#}\n"))?);
    }
    let mut out = String::new();
    let server = denied.text("server").map(|server| format!("server={server}  ")).unwrap_or_default();
    let digest: String = denied.text("digest").unwrap_or_default().chars().take(8).collect();
    let ask = record.get("ask").map(ToString::to_string).unwrap_or_default();
    let same = now.as_ref().filter(|now| now.code.map(|code| code.name()) == denied.text("code"));
    let call = now.as_ref().map_or_else(|| format!("{} {ask}", text("verb")), |now| now.call.clone());
    let _ = writeln!(out, "{}  {server}task={}@{digest}…  call={call}", text("time"), text("task"));
    match same {
        // The first line stands above, with the time of the record.
        Some(now) => out.extend(now.to_string().trim_end().lines().skip(1).map(|line| format!("{line}\n"))),
        None => {
            let _ = writeln!(out, "DENY  {}\n  {}", text("code"), text("why"));
            if let Some(now) = &now {
                let _ = writeln!(out, "  the policy of now: {}", now.decision);
            }
        }
    }
    let since = since.map(|since| format!(" since {since}")).unwrap_or_default();
    let _ = writeln!(out, "  seen {seen} times{since}; identical refusals of a run are counted, not recorded");
    Ok(terminal::print(&visible(&out))?)
}
