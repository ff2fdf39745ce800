//! What the listener sees of the daemon.

use super::sharing::Sharing;
use super::targets::Targets;
use super::work::{self, WorkOrder};
use crate::config::Settings;
use crate::events;
use crate::listener::{Answered, DaemonView, Doing, HandedOut, Later, Passed, Refused, Status, Wake, Woken};
use crate::outgoing::Exit;
use crate::policies::{Places, Policies};
use crate::round::{kept_from_neighbours, rule_of};
use crate::session;
use airlock_gate::audit::Question;
use airlock_gate::calls::Sha512Sum;
use airlock_gate::guards::Stops as _;
use airlock_gate::policy::Verdict;
use airlock_gate::{Ask, Asker, Policy, Verb};
use airlock_native::{AuditReader, Folders, agent_id};
use anyhow::{Context, bail};
use std::fs::File;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// As a policy calls what is passed on for other agents.
const PROXY: &str = "proxy";
/// Refusals that people are shown.
const REFUSALS: usize = 20;

pub(super) struct View {
    places: Places,
    folders: Folders,
    agent_id: String,
    since: i64,
    targets: Arc<Targets>,
    settings: Mutex<Settings>,
    runs: AtomicBool,
    refused: Mutex<Vec<Refused>>,
    sharing: Arc<Sharing>,
    tell: mpsc::Sender<Wake>,
}

impl View {
    pub(super) fn new(
        places: &Places,
        folders: &Folders,
        settings: &Settings,
        targets: Arc<Targets>,
        tell: mpsc::Sender<Wake>,
    ) -> anyhow::Result<Self> {
        let view = Self {
            places: places.clone(),
            folders: folders.clone(),
            agent_id: agent_id(folders)?,
            since: super::now(),
            targets,
            settings: Mutex::new(settings.clone()),
            runs: AtomicBool::new(false),
            refused: Mutex::default(),
            sharing: Arc::new(Sharing::new(places, folders)),
            tell,
        };
        view.look();
        Ok(view)
    }

    pub(super) fn replace(&self, settings: &Settings) {
        *self.settings() = settings.clone();
    }

    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a worker is at work. When one ended, what was refused meanwhile is looked up.
    pub(super) fn runs(&self, runs: bool) {
        self.runs.store(runs, Ordering::Relaxed);
        if !runs {
            self.look();
        }
    }

    fn look(&self) {
        let refused = refused(&self.folders).unwrap_or_default();
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
        self.sharing.look();
    }
}

/// What was refused last, the newest first.
pub(crate) fn refused(folders: &Folders) -> anyhow::Result<Vec<Refused>> {
    let question = Question { last: REFUSALS, only_denied: true, ..Question::default() };
    let decided = AuditReader::new(&folders.audit()?).decided(&question)?;
    let shown = decided.iter().rev().map(|one| {
        let text = |name: &str| one.text(name).unwrap_or_default().to_owned();
        Refused {
            time: text("time"),
            server: one.text("server").map(str::to_owned),
            neighbour: one.text("neighbour").map(str::to_owned),
            task: text("task"),
            what: text("call"),
            code: text("code"),
            why: text("why"),
            times: one.times,
        }
    });
    Ok(shown.collect())
}

impl DaemonView for View {
    fn status(&self) -> Status {
        let stopped = self.places.stops().stops().iter().any(|stop| stop.ends(None));
        let doing = match (stopped, self.runs.load(Ordering::Relaxed)) {
            (true, _) => Doing::Paused,
            (false, true) => Doing::Running("Inventory".to_owned()),
            (false, false) => Doing::Waiting,
        };
        Status {
            doing,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: Some(self.since),
            targets: self.targets.statuses(),
            refused: self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    fn agent_id(&self) -> String {
        self.agent_id.clone()
    }

    fn wake(&self, wanted: &Wake) -> Woken {
        let names = self.targets.names();
        let named: Vec<String> = match &wanted.target {
            Some(target) if names.contains(target) => vec![target.clone()],
            Some(_) => return Woken::Not("no target has that name".to_owned()),
            None => names,
        };
        let (due, soon): (Vec<String>, Vec<String>) =
            named.into_iter().partition(|name| self.targets.too_soon(name).is_none());
        if due.is_empty() {
            let why: Vec<String> = soon.iter().filter_map(|name| self.targets.too_soon(name)).collect();
            return Woken::Not(why.join("; "));
        }
        for target in &due {
            let wake = Wake { target: Some(target.clone()), partial: wanted.partial.clone() };
            if self.tell.try_send(wake).is_err() {
                return Woken::Not("the daemon has more such requests than it can look at".to_owned());
            }
        }
        Woken::Due(due)
    }

    fn refused(&self, refused: &Refused) {
        if let Err(error) = events::refused_to_neighbour(&self.folders, refused) {
            tracing::warn!("{}: there is no audit record of it: {error:#}", refused.what);
        }
        let mut known = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(0, refused.clone());
        known.truncate(REFUSALS);
    }

    fn inventory_document(&self, neighbour: IpAddr) -> Later<'_, anyhow::Result<HandedOut>> {
        let worker = work::worker(&self.places, &WorkOrder::for_neighbour(&self.settings(), neighbour));
        let (places, folders) = (self.places.clone(), self.folders.clone());
        Box::pin(async move {
            let kept = tokio::task::spawn_blocking(move || {
                anyhow::Ok(kept_from_neighbours(&Policies::open(&places, Some(&folders))?))
            });
            if let Some(why) = kept.await.context("the policy was not read")?? {
                return Ok(HandedOut::Not(why));
            }
            let document = work::run(worker).await?;
            if document.is_empty() {
                bail!("the inventory is empty");
            }
            Ok(HandedOut::Document(document))
        })
    }

    fn shared_part(&self, part: Sha512Sum, neighbour: IpAddr) -> Later<'_, anyhow::Result<Option<(File, u64)>>> {
        let sharing = Arc::clone(&self.sharing);
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || sharing.part(&part, neighbour));
            found.await.context("the part was not looked for")?
        })
    }

    fn forward(&self, message: Passed) -> Later<'_, anyhow::Result<Answered>> {
        let (settings, places, folders) = (self.settings().clone(), self.places.clone(), self.folders.clone());
        Box::pin(async move {
            let forwarded = tokio::task::spawn_blocking(move || forward(&settings, &places, &folders, &message));
            forwarded.await.context("the message was not passed on")?
        })
    }
}

/// What is redacted in this machine's reports cannot be in another's: where the owner wants that, nothing is passed on.
fn may_pass(policies: &Policies, policy: &Policy, server: &str) -> anyhow::Result<()> {
    let verdict = policy.decide(&Ask::new(Verb::ReportSend), jiff::Timestamp::now());
    let Verdict::Allow(allowed) = verdict else {
        // Refused, with the words and the record of every refusal, where it would leave.
        return Ok(());
    };
    if let Some(profile) = allowed.scope.redact.first() {
        let why = format!(
            "{}: redact = {profile:?} cannot be applied to what other agents say (a grant of report.send for task = [\"{PROXY}\"] without it)",
            allowed.rule
        );
        let details = serde_json::json!({ "server": server, "code": airlock_gate::Code::NoGrant.name(), "why": why });
        policies.tell("message of another agent kept back", details);
        bail!("nothing is passed on to {server}: {why}");
    }
    Ok(())
}

/// To all servers; the first answer is the one that counts.
fn forward(settings: &Settings, places: &Places, folders: &Folders, message: &Passed) -> anyhow::Result<Answered> {
    let policies = Policies::open(places, Some(folders))?;
    let mut answered = None;
    let mut errors = Vec::new();
    for server in &settings.servers {
        let pass = || {
            let (name, rule) = rule_of(policies.loaded.rules.as_deref(), server)?;
            if let Some(stop) = places.stops().stops().iter().find(|stop| stop.ends(Some(&name))) {
                bail!("stopped: {stop}");
            }
            let client =
                session::client(server, settings, rule.as_ref(), |name, origin| policies.secret(name, origin))?;
            let asker = Asker { server: Some(name.clone()), task: PROXY.to_owned(), ..Asker::default() };
            let (policy, _) = policies.rights(&asker);
            may_pass(&policies, &policy, &name)?;
            let exit =
                Exit { policies: &policies, folders, server: &name, task: PROXY, policy: &policy, to: &server.url };
            exit.take(&format!("{} of {}", message.action, message.device), &message.document, false)?;
            Ok(session::pass_on(&client, message)?)
        };
        match pass() {
            Ok(answer) => answered = answered.or(Some(answer)),
            Err(error) => errors.push(format!("{}: {error:#}", server.name)),
        }
    }
    answered.with_context(|| errors.join("; "))
}
