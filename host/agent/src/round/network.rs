//! A server's jobs about the network: discovery and inventory of devices, under what the owner grants that server.
//!
//! Each message (begin, size, device, end) goes through the outbox and is handed over at once, so that the server sees the
//! job go on and no device is lost. A server that takes no more ends the job: what is found has nowhere to go.

use super::Round;
use super::server::{Turn, dialects};
use crate::netscan::job::{Job, Outside};
use crate::netscan::output::{About, name_credential};
use crate::netscan::ranges::MOST;
use crate::netscan::{Claims, How, Kind, Looked, Noted, Scanned, machine, scan};
use crate::outgoing;
use crate::run::{Component, Engine, Rights};
use crate::session::{self, About as Us, Contact, Dialect, Wire, deliver};
use crate::table::counted;
use airlock_gate::jobs::digest;
use airlock_gate::policy::{Refusal, Rules, Verdict};
use airlock_gate::redact::{Redactor, Tokens};
use airlock_gate::{Ask, Asker, Code, Policy, Verb};
use airlock_model::short_line;
use airlock_native::{
    CountersFile, JobsFile, LeftOver, MOST_KNOWN, NetworkState, Outbox, OutboxEntry, ScanJournal, macs_of,
};
use airlock_protocol::jobs::RawJob;
use airlock_protocol::requests::{NetworkMessage, device_error};
use airlock_sandbox::Bounds;
use anyhow::{Context, anyhow, bail};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const VERBS: &[Verb] = &[Verb::NetProbe, Verb::SnmpRead];
/// How often those that answered are written down while a job goes on.
const REMEMBERED: Duration = Duration::from_secs(30);
/// For one device.
const DEADLINES: [Duration; 2] = [Duration::from_secs(120), Duration::from_secs(600)];

/// A task, and what became of it in words.
type Results = Vec<(String, String)>;

/// What the messages of one job have in common.
struct Mail<'m, 'r> {
    round: &'m Round<'r>,
    turn: &'m Turn<'m>,
    wire: &'m Wire,
    outbox: &'m Outbox,
    kind: Kind,
    deviceid: String,
}

impl<'r> Round<'r> {
    /// Whether the owner's policy grants this server's task any network.
    pub(super) fn may_scan(&self, server: &str, kind: Kind) -> bool {
        !self.network_policy(server, kind).networks(VERBS).is_empty()
    }

    fn network_policy(&self, server: &str, kind: Kind) -> Policy {
        let task = kind.name().to_owned();
        self.policies.rights(&Asker { server: Some(server.to_owned()), task, ..Asker::default() }).0
    }

    /// Does the jobs that the server has; false: one of them failed.
    pub(super) fn network(
        &self,
        turn: &Turn<'_>,
        jobs: Vec<RawJob>,
        about: &Us,
        wire: &Wire,
        outbox: &Outbox,
    ) -> (Results, bool) {
        let mut results = Results::new();
        let may = |kind: Kind| about.enabled.iter().any(|task| task == kind.name());
        let ours = jobs.into_iter().filter_map(|job| Some((Kind::of_job(job.task())?, job)));
        let mut ours: Vec<_> = ours.filter(|(kind, _)| may(*kind)).collect();
        if let Err(error) = self.left_over(turn, &mut ours, wire, outbox) {
            results.push(("network".to_owned(), format!("failed: {error:#}")));
        }
        let mut ok = true;
        for (number, (kind, raw)) in ours.into_iter().enumerate() {
            let what = self.network_job(turn, kind, raw, number, wire, outbox);
            ok &= what.is_ok();
            let what = what.unwrap_or_else(|error| format!("failed: {error:#}"));
            results.push((kind.name().to_owned(), what));
        }
        (results, ok)
    }

    /// The jobs that servers hand out as `OPTION`s of their answers in XML: those that came along, or, where the server
    /// offers a task that this agent may do, those that are asked for.
    pub(super) fn option_jobs(
        &self,
        turn: &Turn<'_>,
        contact: &Contact,
        about: &Us,
        wire: &Wire,
    ) -> anyhow::Result<Vec<RawJob>> {
        let may = |name: &str| about.enabled.iter().any(|task| task == name);
        let offers = |name: &str| contact.offered.iter().any(|(task, by)| task == name && by != "glpi");
        let tasks = [Kind::Discovery.name(), Kind::Inventory.name(), super::wake::TASK];
        match contact.dialect {
            Some(Dialect::Json) if tasks.into_iter().any(|task| may(task) && offers(task)) => {
                if !dialects(turn).xml {
                    bail!("they come in XML, which the policy does not let it speak (dialects)");
                }
                Ok(session::jobs(wire, about)?)
            }
            _ => Ok(contact.jobs.clone()),
        }
    }

    /// A job that was being done when this program was killed: where the server hands it out again it is gone on with, before
    /// all others; else the server is told that nothing more comes.
    fn left_over(
        &self,
        turn: &Turn<'_>,
        jobs: &mut [(Kind, RawJob)],
        wire: &Wire,
        outbox: &Outbox,
    ) -> anyhow::Result<()> {
        let state = NetworkState::of_server(self.folders, &turn.name)?;
        let is_left = |(kind, raw): &(Kind, RawJob)| {
            self.name_of(turn, *kind, raw).is_ok_and(|name| ScanJournal::is_left(&state.progress(), &name))
        };
        if let Some(at) = jobs.iter().position(is_left) {
            jobs.get_mut(..=at).unwrap_or_default().rotate_right(1);
            return Ok(());
        }
        ScanJournal::forget(&state.progress())?;
        let Some(LeftOver { task, number: pid, is_scanned }) = state.left_over()? else { return Ok(()) };
        let Some(kind) = Kind::of(&task) else { return Ok(()) };
        let how = if is_scanned { "at its very end" } else { "in the middle" };
        tracing::warn!(
            "{}: the job {} of {task} was cut short {how}; its server is told",
            turn.name,
            short_line(&pid, 64)
        );
        let mail = self.mail(turn, kind, wire, outbox)?;
        mail.ends(&pid, is_scanned)?;
        state.ended()?;
        mail.hand_over()
    }

    /// What makes a job this one and no other: its text as it came, and the networks that it is granted. Where either is
    /// another one, so are the addresses that it is about.
    fn name_of(&self, turn: &Turn<'_>, kind: Kind, raw: &RawJob) -> anyhow::Result<String> {
        let asker = Component::builtin(kind.task()?)?.asker(Some(&turn.name));
        let granted: Vec<String> =
            self.policies.rights(&asker).0.networks(VERBS).iter().map(ToString::to_string).collect();
        Ok(digest(&json!([kind.name(), raw.as_it_came(), granted]).to_string()))
    }

    /// In the name that the owner's redaction leaves of this machine.
    fn mail<'m>(
        &'m self,
        turn: &'m Turn<'m>,
        kind: Kind,
        wire: &'m Wire,
        outbox: &'m Outbox,
    ) -> anyhow::Result<Mail<'m, 'r>> {
        let policy = self.network_policy(&turn.name, kind);
        let rules = self.policies.loaded.rules.as_deref();
        let redactor = outgoing::redactor(rules, &policy, &turn.name, self.folders, Tokens::default())?;
        let (deviceid, ..) = redactor.members(&self.device_id, None);
        Ok(Mail { round: self, turn, wire, outbox, kind, deviceid })
    }

    fn network_job(
        &self,
        turn: &Turn<'_>,
        kind: Kind,
        raw: RawJob,
        number: usize,
        wire: &Wire,
        outbox: &Outbox,
    ) -> anyhow::Result<String> {
        let rules = self.policies.loaded.rules.clone().context("there is no policy")?;
        let component = Component::builtin(kind.task()?)?;
        let asker = component.asker(Some(&turn.name));
        let pid = pid(raw.as_it_came());
        let mail = self.mail(turn, kind, wire, outbox)?;
        let name = self.name_of(turn, kind, &raw)?;
        let state = NetworkState::of_server(self.folders, &turn.name)?;
        let is_left = ScanJournal::is_left(&state.progress(), &name);
        let mut noted = Noted::default();
        let begin = || noted = journal(&turn.name, &state.progress(), &name);
        let job = match self.admitted(turn, &asker, &rules, raw, (number, is_left), begin) {
            Ok(job) => job,
            Err(error) => {
                // The server's operator sees a job that failed, and not one that never ends.
                let told = pid.map_or(Ok(()), |pid| mail.ends(&pid, false));
                if is_left {
                    state.ended()?;
                }
                noted.end()?;
                told.and_then(|()| mail.hand_over())?;
                return Err(error);
            }
        };
        for note in &job.notes {
            tracing::info!("{}: {}: {}", turn.name, kind.name(), short_line(note, 300));
        }
        let scanned = self.scan_for(&mail, &job, component, asker, &rules, &mut noted);
        if !job.is_silent {
            if scanned.is_ok() {
                state.scanned()?;
            }
            mail.ends(&job.pid, scanned.is_ok())?;
        }
        state.ended()?;
        noted.end()?;
        match mail.hand_over() {
            Ok(()) => scanned,
            Err(untold) => Err(scanned.err().map_or(untold, |error| error.context("and the server could not be told"))),
        }
    }

    /// Lets a job in. What keeps count of it is made before it is remembered as one that ran: should this be killed between
    /// the two, it is not lost.
    fn admitted(
        &self,
        turn: &Turn<'_>,
        asker: &Asker,
        rules: &Rules,
        raw: RawJob,
        (number, is_left): (usize, bool),
        begin: impl FnOnce(),
    ) -> anyhow::Result<Job> {
        let state = self.folders.state()?;
        let jobs = JobsFile::new(&state, CountersFile::open(&state)?);
        let text = serde_json::to_string(raw.as_it_came())?;
        let so_far = u64::try_from(number).unwrap_or(u64::MAX);
        let let_in = |admitted: Result<(), Refusal>| match admitted {
            // The rest of what was let in once and never came to its end.
            Err(refusal) if is_left && refusal.code == Code::Replayed => Ok(()),
            other => other,
        };
        let_in(jobs.would_admit(rules, asker, &text, so_far))
            .and_then(|()| {
                begin();
                let_in(jobs.admit(rules, asker, &text, so_far))
            })
            .map_err(|Refusal { code, why }| {
                let details = json!({
                    "server": turn.name, "task": asker.task, "decision": "deny", "code": code.name(), "why": why,
                });
                self.policies.tell("job refused", details);
                anyhow!("refused: {code}: {why}")
            })?;
        Job::of(raw, rules, turn.rule.as_ref(), number)
    }

    fn scan_for(
        &self,
        mail: &Mail<'_, 'r>,
        job: &Job,
        component: Component,
        asker: Asker,
        rules: &Rules,
        noted: &mut Noted,
    ) -> anyhow::Result<String> {
        let server = &mail.turn.name;
        let [discovery, inventory] = DEADLINES;
        let deadline = if job.kind == Kind::Discovery { discovery } else { inventory };
        let bounds = Bounds { deadline, ..Bounds::default() };
        let about = json!({ "task": job.kind.name(), "pid": job.pid }).to_string();
        let run = self.policies.begin(&asker, &about, bounds)?;
        let granted = run.policy.networks(VERBS);
        let (size, outside) = job.size(&granted);
        let refused = self.tell_outside(server, job.kind, &run.policy, &outside);
        if u128::from(size) > MOST {
            bail!("{size} addresses; at most {MOST} are scanned in one job");
        }
        let tokens = Tokens {
            secrets: self.policies.loaded.secrets.secrets.iter().cloned().chain(job.texts.clone()).collect(),
            ..Tokens::default()
        };
        let redactor = outgoing::redactor(Some(rules), &run.policy, server, self.folders, tokens)?;
        let state = NetworkState::of_server(self.folders, server)?;
        let before = state.devices()?;
        let engine = Engine::new(Some(self.folders))?;
        let task = engine.load(&component)?;
        let rights = Rights::of(asker, run);
        let units = Arc::new(engine.units(&task, rights));
        let native = machine::live(job.secrets.clone(), job.asking);
        if !job.is_silent {
            state.begin(job.kind.name(), &job.pid)?;
        }
        if !job.is_silent && !noted.is_told() {
            mail.send(&job.pid, NetworkMessage::Start { agent_version: env!("CARGO_PKG_VERSION").to_owned() })?;
            if job.kind == Kind::Discovery {
                mail.send(&job.pid, NetworkMessage::Addresses(size))?;
            }
        }
        noted.tell();
        let how = How { parallel: job.at_once, done: noted.done(), minds_signals: false };
        if how.done.count() > 0 {
            let done = how.done.count();
            tracing::info!("{server}: the job {} goes on: {done} of {size} are done", short_line(&job.pid, 64));
        }
        let mut taking = Taking {
            mail,
            job,
            redactor: &redactor,
            state: &state,
            noted,
            remembered: Instant::now(),
            claims: Claims::new(),
            claimed: 0,
            found: 0,
            failed: 0,
            answered: BTreeMap::new(),
            seen: BTreeSet::new(),
            refused: BTreeMap::new(),
        };
        let targets = job.targets(&granted, &before);
        let scanned = scan(&units, &native, targets, how, |looked| {
            taking.take(&looked)?;
            Ok(ControlFlow::Continue(()))
        });
        self.policies.saw(&std::mem::take(&mut taking.seen));
        state.answered(std::mem::take(&mut taking.answered))?;
        if scanned? == Scanned::Stopped {
            bail!("stopped (airlock stop)");
        }
        Ok(taking.words(size, refused.as_deref()))
    }

    /// Addresses that no grant is about are not looked at one by one: they are counted, and there is one record of them.
    fn tell_outside(&self, server: &str, kind: Kind, policy: &Policy, outside: &Outside) -> Option<String> {
        // Single devices are decided on where they are asked.
        let range = outside.first.filter(|_| kind == Kind::Discovery)?;
        let ask = Ask { addresses: vec![range.first()], ..Ask::new(Verb::NetProbe) };
        let (code, why) = match policy.decide(&ask, Timestamp::now()) {
            Verdict::Deny(refusal) => (refusal.code.name(), refusal.why),
            // The range begins inside of what is granted and ends outside.
            Verdict::Allow(_) => ("NO_GRANT", format!("no grant covers all of {range}")),
        };
        let count = outside.count;
        let details = json!({
            "server": server, "task": kind.name(), "call": "net.probe", "verb": "net.probe", "decision": "deny",
            "code": code, "why": why, "range": range.to_string(), "addresses": u64::try_from(count).unwrap_or(u64::MAX),
        });
        self.policies.tell("addresses refused", details);
        Some(format!("{count} addresses refused: {code}: {why}"))
    }
}

impl Mail<'_, '_> {
    /// Stores a message and hands over what waits.
    fn send(&self, pid: &str, what: NetworkMessage) -> anyhow::Result<()> {
        self.store(pid, what)?;
        self.hand_over()
    }

    /// Stores the last word about a job: what it is told of the end does not change any more.
    fn ends(&self, pid: &str, well: bool) -> anyhow::Result<()> {
        if !well {
            return self.store(pid, NetworkMessage::Exit);
        }
        // Twice, as servers have always got it.
        self.store(pid, NetworkMessage::End)?;
        self.store(pid, NetworkMessage::End)
    }

    /// Stores a message: from now on it is not lost.
    fn store(&self, pid: &str, what: NetworkMessage) -> anyhow::Result<()> {
        let text = self.kind.message(&self.deviceid, pid, what)?;
        let entry = OutboxEntry {
            kind: self.kind.name().to_owned(),
            device: self.deviceid.clone(),
            format: "xml".to_owned(),
            created: Timestamp::now().to_string(),
            request: crate::random::request_id()?,
            ..OutboxEntry::default()
        };
        self.outbox.store(entry, text.as_bytes())?;
        Ok(())
    }

    fn hand_over(&self) -> anyhow::Result<()> {
        let (round, turn) = (self.round, self.turn);
        let delivery = deliver(self.wire, self.outbox, |entry, document| {
            round.leave(turn, &entry.kind, document, entry.attempts > 0)
        })?;
        match delivery.error {
            None => Ok(()),
            Some(error) => Err(anyhow::Error::from(error).context("the server takes no more of it")),
        }
    }
}

/// What comes of the devices of a job.
struct Taking<'t, 'r> {
    mail: &'t Mail<'t, 'r>,
    job: &'t Job,
    redactor: &'t Redactor,
    state: &'t NetworkState,
    noted: &'t mut Noted,
    /// When those that answered were written down.
    remembered: Instant,
    claims: Claims,
    /// Devices that say that they are this machine.
    claimed: usize,
    found: usize,
    failed: usize,
    /// Names of credentials, by address.
    answered: BTreeMap<String, String>,
    /// Hardware addresses of what was found, which are not written down yet.
    seen: BTreeSet<String>,
    /// How often, by call and code.
    refused: BTreeMap<String, usize>,
}

impl Taking<'_, '_> {
    fn take(&mut self, looked: &Looked) -> anyhow::Result<()> {
        let (job, address) = (self.job, looked.target.address);
        for refused in &looked.refused {
            *self.refused.entry(format!("{} {}", refused.name, refused.code)).or_default() += 1;
        }
        if let Some(name) = looked.credential.as_deref().and_then(|name| job.lasting(name)) {
            self.answered.insert(address.to_string(), name);
        }
        self.seen.extend(macs_of(&looked.report));
        let is_time = self.remembered.elapsed() >= REMEMBERED;
        if is_time && !(self.answered.is_empty() && self.seen.is_empty()) || self.seen.len() >= MOST_KNOWN {
            self.remembered = Instant::now();
            self.mail.round.policies.saw(&std::mem::take(&mut self.seen));
            self.state.answered(std::mem::take(&mut self.answered))?;
        }
        for what in looked.incomplete.iter().chain(&looked.report.incomplete) {
            tracing::warn!("{}: {address}: incomplete: {}", self.mail.turn.name, short_line(&what.to_string(), 300));
        }
        self.tell_claims(looked);
        let (report, _withheld) = self.redactor.report(looked.report.clone(), |_| {});
        let (mut device, beside) = job.kind.device(&report);
        let asked = job.device(looked.target.number);
        let credential = looked.credential.as_deref().and_then(|name| job.id(name));
        let about = About { entity: job.entity(looked.target.number).map(str::to_owned), ..About::default() };
        if device.is_empty() {
            if job.kind == Kind::Discovery {
                if let Err(why) = &looked.outcome {
                    tracing::debug!("{}: {address}: {}", self.mail.turn.name, short_line(why, 300));
                }
                self.noted.note(looked.target.unit);
                return Ok(());
            }
            self.failed += 1;
            let why = looked.outcome.as_ref().err().map_or("no response from host", String::as_str);
            let (id, kind) = asked.map_or((None, None), |one| (one.id.as_deref(), one.kind.as_deref()));
            device = device_error(id, kind, &format!("{address}: {}", short_line(why, 300)));
        } else {
            self.found += 1;
            name_credential(job.kind, &mut device, &about);
            if let Some(id) = credential.filter(|_| job.kind == Kind::Discovery) {
                device.insert("AUTHSNMP".to_owned(), id.into());
            }
        }
        let pid = asked.and_then(|one| one.pid.as_deref()).unwrap_or(&job.pid);
        self.mail.store(pid, NetworkMessage::Device { device, beside })?;
        self.noted.note(looked.target.unit);
        self.mail.hand_over()
    }

    /// What it says is passed on as it says it, as coming from there; that it is not so is the owner's to know.
    fn tell_claims(&mut self, looked: &Looked) {
        let claims = self.claims.of(looked);
        if claims.is_empty() {
            return;
        }
        self.claimed += 1;
        let (server, address) = (&self.mail.turn.name, looked.target.address);
        let what = short_line(&claims.join(", "), 300);
        tracing::warn!("{server}: {address} says that it is this machine: it has {what}");
        let details = json!({ "server": server, "task": self.job.kind.name(), "address": address, "what": what });
        self.mail.round.policies.tell("identity claimed", details);
    }

    fn words(&self, size: u64, outside: Option<&str>) -> String {
        let mut words = format!("{} at {size} addresses", counted(self.found, "device"));
        if self.failed > 0 {
            words += &format!(", {} without an answer", self.failed);
        }
        if self.claimed > 0 {
            words += &format!(", {} with this machine's own identity", self.claimed);
        }
        for (what, times) in &self.refused {
            words += &format!("; refused: {what} ({times} times)");
        }
        if let Some(outside) = outside {
            words += &format!("; {outside}");
        }
        words
    }
}

/// What keeps count of the job.
fn journal(server: &str, progress: &Path, name: &str) -> Noted {
    match ScanJournal::open(progress, name, true) {
        Ok(journal) => Noted::of(journal),
        Err(error) => {
            tracing::warn!("{server}: should this be killed, the job begins anew: {error}");
            Noted::default()
        }
    }
}

/// The number of a job that may make no sense otherwise.
fn pid(job: &Map<String, Value>) -> Option<String> {
    let param = match job.get("PARAM")? {
        Value::Array(list) => list.first()?,
        one => one,
    };
    let pid = match param.get("PID")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => list.first()?.as_str()?.to_owned(),
        other => other.get("content")?.as_str()?.to_owned(),
    };
    Some(pid).filter(|pid| !pid.is_empty() && pid.len() <= 64)
}
