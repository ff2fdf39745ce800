//! A server's deployments: fetched, kept, admitted, approved, run and told, and after a crash gone on with.
//!
//! A job is on the disk before anything is done about it ([`JobJournals`]). One that was cut short while nothing on this
//! machine had been changed is simply run again; one that was cut short in the middle of a change is told as failed, with
//! where, and does not run again unless its grants say `repeatable`.

use super::Round;
use super::server::Turn;
use crate::rest::{self, Ahead, JobLog, Teller, Telling, interrupted, is_last, where_jobs_are};
use crate::run::{Component, Engine, NestedRuns, OfJob, Order, live_with};
use crate::session::{About, Contact, Dialect, Wire};
use airlock_gate::approvals::Outcome;
use airlock_gate::calls::{StatusLine, Step};
use airlock_gate::policy::Rules;
use airlock_gate::{Asker, Code, Guards, Plan, Policy, Reason, Source, Verb};
use airlock_model::short_line;
use airlock_native::{
    Budget, Collected, CountersFile, JobJournals, JobState, JobsFile, KeptJob, Observation, RequestQueue, Sent,
};
use airlock_net::server::Mirrors;
use airlock_protocol::answers::Jobs;
use airlock_protocol::requests::{Part, Rest as Request};
use airlock_sandbox::{Bounds, Loaded, RunError, Unit};
use anyhow::{Context, anyhow};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// A grant of one of these makes the task one that can do something here.
pub(super) const VERBS: &[Verb] = &[
    Verb::PkgFetch,
    Verb::PkgInstall,
    Verb::FilesWrite,
    Verb::FilesDelete,
    Verb::FilesMkdir,
    Verb::ExecTemplate,
    Verb::UiAsk,
];
/// What the facts of a job's run may take.
const COLLECTOR: Duration = Duration::from_secs(30);
/// A job that the owner does not limit.
const DEADLINE: Duration = Duration::from_secs(3600);
/// A job whose run was cut short so often is not run again, even though nothing was changed.
const MOST_RUNS: u32 = 5;

/// A task, and what became of it in words.
type Results = Vec<(String, String)>;

/// What all jobs of a contact have in common.
struct Doing<'a> {
    turn: &'a Turn<'a>,
    rules: &'a Rules,
    asker: Asker,
    policy: Policy,
    engine: Engine<'a>,
    component: Component,
    loaded: OnceLock<Loaded>,
    queue: RequestQueue,
    mirrors: Mirrors,
    enabled: bool,
}

/// How it went with one job.
struct Went {
    words: String,
    /// A run of it began.
    ran: bool,
}

impl Went {
    fn so(words: impl Into<String>) -> Self {
        Self { words: words.into(), ran: false }
    }
}

impl Round<'_> {
    /// Goes on with the jobs that are left, and does those that the server has; false: something has to be done again, or
    /// told again.
    pub(super) fn deployments(
        &self,
        turn: &Turn<'_>,
        contact: &Contact,
        about: &About,
        wire: &Wire,
    ) -> (Results, bool) {
        let mut results = Results::new();
        let failed = |results: &mut Results, error: &anyhow::Error| {
            results.push(("deploy".to_owned(), format!("failed: {error:#}")));
        };
        let enabled = about.enabled.iter().any(|task| task == "deploy");
        let journals = match JobJournals::of_server(self.folders, &turn.name) {
            Ok(journals) => journals,
            Err(error) => {
                failed(&mut results, &error.into());
                return (results, false);
            }
        };
        let mut ok = true;
        if enabled
            && asks(contact, "deploy")
            && let Err(error) = self.fetch_deployments(turn, wire, &journals)
        {
            ok = false;
            failed(&mut results, &error);
        }
        if let Err(error) = self.do_all(turn, wire, &journals, enabled, &mut results) {
            ok = false;
            failed(&mut results, &error);
        }
        (results, ok)
    }

    /// Asks for jobs, and keeps each of them before it is thought about.
    fn fetch_deployments(&self, turn: &Turn<'_>, wire: &Wire, journals: &JobJournals) -> anyhow::Result<()> {
        let task = rest::Rest::Deploy;
        let state = self.folders.state()?;
        let memory = JobsFile::new(&state, CountersFile::open(&state)?);
        for remote in self.addresses(turn, wire, task)? {
            let request = Request::get_jobs(&self.device_id, Some(task.version()));
            let jobs = Jobs::of(wire.rest(&remote, &request)?, task.name())?;
            for note in &jobs.notes {
                tracing::info!("{}: {}: {note}", turn.name, task.name());
            }
            let jobs = rest::deployments(jobs).context("its jobs are refused, all of them").inspect_err(|error| {
                let details = json!({ "server": turn.name, "task": "deploy", "why": format!("{error:#}") });
                self.policies.tell("jobs refused", details);
            })?;
            for job in jobs {
                if let Some(mut known) = journals.open(&job.text)? {
                    let words = known.state.words.len();
                    if known.state.is_over() && words > 0 {
                        // The server has not heard how it ended, or has forgotten: it is told again, and nothing is done.
                        tracing::info!("{}: the job {} came again; it ran before", turn.name, job.uuid);
                        let details = json!({
                            "server": turn.name, "task": "deploy", "decision": "deny", "code": Code::Replayed.name(),
                            "why": format!("the job j-{} ran before", known.job.number),
                        });
                        self.policies.tell("job refused", details);
                        known.sent(words - 1)?;
                    }
                    continue;
                }
                let came = u64::try_from(Timestamp::now().as_second()).unwrap_or(0);
                let kept = journals.keep(KeptJob {
                    server: turn.name.clone(),
                    task: task.name().to_owned(),
                    uuid: job.uuid.clone(),
                    remote: remote.clone(),
                    sid: String::new(),
                    was_known: memory.knows(&turn.name, &job.text),
                    text: job.text,
                    came,
                    number: 0,
                });
                if let Err(error) = kept {
                    let words = format!("refused: {error}");
                    let status = Request::set_status(
                        &self.device_id,
                        &job.uuid,
                        Part::Job,
                        None,
                        "ko",
                        &short_line(&words, 300),
                    );
                    rest::note(&Sent::new(self.folders), &turn.name, &remote, &[&status])?;
                    wire.rest(&remote, &status)?;
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// Where the jobs of a task are; that the server names somebody else is put on record.
    pub(super) fn addresses(&self, turn: &Turn<'_>, wire: &Wire, task: rest::Rest) -> anyhow::Result<Vec<String>> {
        where_jobs_are(wire, &turn.settings.url, &self.device_id, task).inspect_err(|error| {
            let why = format!("{error:#}");
            if why.starts_with("refused") {
                self.policies
                    .tell("address of jobs refused", json!({ "server": turn.name, "task": task.name(), "why": why }));
            }
        })
    }

    fn do_all(
        &self,
        turn: &Turn<'_>,
        wire: &Wire,
        journals: &JobJournals,
        enabled: bool,
        results: &mut Results,
    ) -> anyhow::Result<()> {
        let left: Vec<KeptJob> = journals.all()?.into_iter().filter(is_left("deploy")).map(|(job, _)| job).collect();
        if left.is_empty() {
            return Ok(());
        }
        let rules = self.policies.loaded.rules.clone().context("there is no policy")?;
        let builtin =
            airlock_builtin::task("deploy").context("the program was built without its task for deployments")?;
        let component = Component::builtin(builtin)?;
        let asker = component.asker(Some(&turn.name));
        let state = self.folders.state()?;
        let doing = Doing {
            turn,
            rules: &rules,
            policy: self.policies.rights(&asker).0,
            asker,
            engine: Engine::new(Some(self.folders))?,
            component,
            loaded: OnceLock::new(),
            queue: RequestQueue::new(&state, CountersFile::open(&state)?),
            mirrors: wire.mirrors(),
            enabled,
        };
        let mut so_far = 0;
        for job in left {
            let Some(journal) = journals.open(&job.text)? else { continue };
            let log = Arc::new(JobLog::new(journal));
            let mut telling = Telling::new(wire, &self.device_id, &log, Sent::new(self.folders));
            telling.now_and_then();
            let went = self.go_on(&doing, &log, &mut telling, so_far);
            let told = telling.all();
            let went = went.with_context(|| format!("j-{}", job.number))?;
            so_far += u64::from(went.ran);
            let untold =
                told.map_or_else(|error| format!("; the server could not be told: {error:#}"), |()| String::new());
            results.push(("deploy".to_owned(), format!("j-{}: {}{untold}", job.number, went.words)));
        }
        journals.sweep(u64::try_from(Timestamp::now().as_second()).unwrap_or(0))?;
        Ok(())
    }

    /// Does what there is to do for one job now.
    fn go_on(
        &self,
        doing: &Doing<'_>,
        log: &Arc<JobLog>,
        telling: &mut Telling<'_>,
        so_far: u64,
    ) -> anyhow::Result<Went> {
        let (job, state) = log.with(|journal| (journal.job.clone(), journal.state.clone()));
        if let Some((how, _)) = state.done {
            return Ok(Went::so(how));
        }
        // It had come to its end, and was cut short before that was written down.
        if state.last_line().is_some_and(is_last) {
            return self.end(doing.turn, log, &job, 0);
        }
        if !doing.enabled {
            return self.refuse(log, "disabled by local policy");
        }
        if !state.admitted
            && let Some(went) = self.admit(doing, log, &job, so_far)?
        {
            return Ok(went);
        }
        if let Some((on, policy)) = &state.waits
            && *policy == self.policies.loaded.digest
        {
            let all = doing.queue.read()?;
            let mut until = None;
            for bound in on {
                match all.outcome_of(bound) {
                    Some(Outcome::Approved { .. }) => {}
                    Some(Outcome::Waiting { until: end, .. }) => until = Some(end),
                    Some(Outcome::Refused { by }) => {
                        return self.refuse(log, &format!("refused by {by}, who was asked here"));
                    }
                    Some(Outcome::UsedUp) | None => return self.refuse(log, "nobody here approved it in time"),
                }
            }
            if let Some(until) = until {
                return Ok(Went::so(waiting(until)));
            }
        } else if state.runs > 0 && state.waits.is_none() {
            if state.change.is_some() && !doing.rules.is_repeatable(&doing.asker) {
                let line = interrupted(&job, &state);
                let words = line.message.clone();
                log.tell(line)?;
                return self.done(log, &words);
            }
            if state.runs >= MOST_RUNS {
                return self
                    .refuse(log, &format!("interrupted {MOST_RUNS} times before anything was changed; not run again"));
            }
        }
        self.run_deployment(doing, log, telling, &job)
    }

    /// Lets a job in that may run, and remembers that it did. Something comes back where it does not run now.
    fn admit(&self, doing: &Doing<'_>, log: &Arc<JobLog>, job: &KeptJob, so_far: u64) -> anyhow::Result<Option<Went>> {
        let state = self.folders.state()?;
        let memory = JobsFile::new(&state, CountersFile::open(&state)?);
        match memory.admit(doing.rules, &doing.asker, &job.text, so_far) {
            Ok(()) => {}
            // A crash came between the memory and the journal: it never ran.
            Err(refusal) if refusal.code == Code::Replayed && !job.was_known => {}
            Err(refusal) => {
                let (code, why) = (refusal.code, refusal.why);
                let details = json!({
                    "server": doing.turn.name, "task": "deploy", "decision": "deny", "code": code.name(), "why": why,
                });
                self.policies.tell("job refused", details);
                if code == Code::Quota {
                    if log.with(|journal| journal.state.words.is_empty()) {
                        let message = "waiting: no more jobs run here at this contact".to_owned();
                        log.tell(StatusLine { step: Some(Step::Checking), message, ..StatusLine::default() })?;
                    }
                    return Ok(Some(Went::so(format!("waits: {why}"))));
                }
                return self.refuse(log, &format!("refused by the owner's policy: {}", code.meaning())).map(Some);
            }
        }
        log.with(|journal| journal.admitted())?;
        Ok(None)
    }

    fn run_deployment(
        &self,
        doing: &Doing<'_>,
        log: &Arc<JobLog>,
        telling: &mut Telling<'_>,
        job: &KeptJob,
    ) -> anyhow::Result<Went> {
        let bounds = Bounds { deadline: DEADLINE, ..Bounds::default() };
        let mut run = self.policies.begin(&doing.asker, &job.text, bounds)?;
        let document: Value = serde_json::from_str(&job.text).unwrap_or_default();
        run.guards.bound.files =
            document.get("files").and_then(Value::as_object).map(|f| f.keys().cloned().collect()).unwrap_or_default();
        let ahead = Arc::new(Ahead::new(doing.queue.clone()));
        run.guards.approvals = Arc::clone(&ahead) as _;
        run.guards.changes = Arc::clone(log) as _;
        let order = |guards: Guards, source: Source| Order {
            asker: doing.asker.clone(),
            policy: Arc::clone(&run.policy),
            digest: Some(run.digest.clone()),
            guards,
            limits: run.limits.clone(),
            bounds: run.bounds.clone(),
            source,
            unit: Unit { target: job.uuid.clone(), job: job.text.clone() },
        };
        let loaded = match doing.loaded.get() {
            Some(loaded) => loaded,
            None => {
                let loaded = doing.engine.load(&doing.component)?;
                doing.loaded.get_or_init(|| loaded)
            }
        };
        let observation = Observation::new(Arc::clone(&self.machine), Budget::of_collectors(COLLECTOR));
        if doing.policy.asks_for_approval() {
            let quiet = Arc::new(Collected::new(Box::new(())));
            let of = OfJob { mirrors: Some(doing.mirrors.clone()), ..OfJob::default() };
            let native = live_with(&self.machine, &observation, Some(self.folders), quiet, of);
            // What may be downloaded is, and the whole job is gone through before any of it is done: what nobody was shown,
            // because it depends on a file that was not here then, is asked about before anything is changed.
            let source = Source::rehearsal(native, Arc::new(Plan::default()), true);
            doing.engine.run(loaded, order(Guards { asks_ahead: true, ..run.guards.clone() }, source))?;
            if let Some(went) = self.wait_for(doing, log, &ahead)? {
                return Ok(went);
            }
        }
        log.with(|journal| journal.begins())?;
        let (wake, woken) = mpsc::channel();
        let teller = Arc::new(Teller::new(Arc::clone(log), wake.clone()));
        let nested = Arc::new(NestedRuns {
            policies: self.policies.clone(),
            folders: self.folders.clone(),
            machine: Arc::clone(&self.machine),
            server: doing.turn.name.clone(),
            changes: Arc::clone(log) as _,
        });
        let of = OfJob { nested: Some(nested), mirrors: Some(doing.mirrors.clone()) };
        let native = live_with(&self.machine, &observation, Some(self.folders), teller, of);
        let order = order(run.guards.clone(), Source::Live(native));
        let ended = thread::scope(|scope| {
            let engine = &doing.engine;
            let thread = scope.spawn(move || {
                let ended = engine.run(loaded, order);
                // Whoever listens has gone when this fails, and knows.
                let _ = wake.send(());
                ended
            });
            while !thread.is_finished() {
                match woken.recv_timeout(Duration::from_millis(100)) {
                    Ok(()) | Err(RecvTimeoutError::Timeout) => telling.now_and_then(),
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            thread.join().map_err(|_panic| anyhow!("a defect of this program; please report it"))?
        })?;
        let refused = ended.gate.refused().len();
        match ended.outcome {
            Ok(()) => {}
            Err(RunError::Denied(denial)) if denial.reason == Reason::NotApproved => {
                let waits = self.wait_for(doing, log, &ahead)?;
                let went = match waits {
                    Some(went) => went,
                    None => self.refuse(log, "nobody here could be asked to approve it")?,
                };
                return Ok(Went { ran: true, ..went });
            }
            Err(error) => {
                let has_ended = log.with(|journal| journal.state.last_line().is_some_and(is_last));
                if !has_ended {
                    let message = short_line(&format!("failed: {error}"), 500);
                    log.tell(StatusLine { status: Some("ko".to_owned()), message, ..StatusLine::default() })?;
                }
            }
        }
        Ok(Went { ran: true, ..self.end(doing.turn, log, job, refused)? })
    }

    /// Puts down how a job ended, by what its server is told last.
    fn end(&self, turn: &Turn<'_>, log: &JobLog, job: &KeptJob, refused: usize) -> anyhow::Result<Went> {
        let last = log.with(|journal| journal.state.last_line().cloned()).unwrap_or_default();
        let refused = if refused > 0 { format!("; {refused} calls refused") } else { String::new() };
        let failed = if last.status.as_deref() == Some("ko") { "failed: " } else { "" };
        let words = format!("{failed}{}{refused}", short_line(&last.message, 300));
        let document: Value = serde_json::from_str(&job.text).unwrap_or_default();
        let asks = document.pointer("/job/requires/softwares-inventory").unwrap_or(&Value::Null);
        let is_asked = !matches!(asks, Value::Null | Value::Bool(false)) && *asks != json!(0) && *asks != json!("0");
        if is_asked && failed.is_empty() {
            // Before the job is done with: should this be killed between the two, the inventory is made nevertheless.
            turn.state.change(&turn.settings.url, |known| known.owes_software = true)?;
        }
        self.done(log, &words)
    }

    /// What the job waits for, if a person has to say something; its server is told so, once.
    fn wait_for(&self, doing: &Doing<'_>, log: &Arc<JobLog>, ahead: &Ahead) -> anyhow::Result<Option<Went>> {
        let seen = ahead.seen();
        if let Some(why) = seen.never {
            return self.refuse(log, &format!("not approved here: {why}")).map(Some);
        }
        if seen.held.is_empty() {
            return Ok(None);
        }
        let all = doing.queue.read()?;
        let ends = seen.held.iter().filter_map(|bound| match all.outcome_of(bound) {
            Some(Outcome::Waiting { until, .. }) => Some(until),
            _ => None,
        });
        let message = waiting(ends.min().unwrap_or(0));
        log.with(|journal| journal.waits(seen.held, &self.policies.loaded.digest))?;
        let line = StatusLine { step: Some(Step::Checking), message: message.clone(), ..StatusLine::default() };
        log.tell(line)?;
        Ok(Some(Went::so(message)))
    }

    fn refuse(&self, log: &JobLog, why: &str) -> anyhow::Result<Went> {
        log.tell(StatusLine { status: Some("ko".to_owned()), message: why.to_owned(), ..StatusLine::default() })?;
        self.done(log, why)
    }

    fn done(&self, log: &JobLog, how: &str) -> anyhow::Result<Went> {
        let now = u64::try_from(Timestamp::now().as_second()).unwrap_or(0);
        log.with(|journal| journal.done(how, now))?;
        Ok(Went::so(how))
    }
}

/// A server that speaks GLPI's own protocol says what it has; others are asked.
pub(super) fn asks(contact: &Contact, task: &str) -> bool {
    contact.dialect != Some(Dialect::Json) || contact.offered.iter().any(|(offered, _)| offered == task)
}

/// Something of it has to be done or told.
pub(super) fn is_left(task: &str) -> impl Fn(&(KeptJob, JobState)) -> bool + '_ {
    move |(job, state)| job.task == task && !state.is_over()
}

fn waiting(until: u64) -> String {
    let until = i64::try_from(until).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    format!("waiting for local approval (expires {})", until.unwrap_or_default())
}
