//! One server's turn, from the first word to the last: contact, report, delivery, and what is remembered of it.

use super::report::For;
use super::{Round, TargetOutcome, collect, deploy, interval, wake};
use crate::config::ServerSettings;
use crate::netscan::Kind;
use crate::outgoing::Exit;
use crate::rest::Rest;
use crate::session::{self, About, Contact, Delivery, Dialect, Dialects, SessionError, Wire, deliver};
use airlock_gate::guards::Stops as _;
use airlock_gate::policy::{Rules, Server, Verdict};
use airlock_gate::{Ask, Asker, Policy, Verb};
use airlock_native::{Outbox, Remembered, Sent, ServerState};
use anyhow::bail;
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;

/// As servers call them.
pub(crate) const TASKS: &[&str] =
    &["inventory", "deploy", "collect", "netdiscovery", "netinventory", "esx", "wakeonlan", "remoteinventory"];
/// Tasks that this program has for servers.
pub(crate) fn installed() -> impl Iterator<Item = &'static str> {
    let served = ["inventory", "deploy", "collect", "netdiscovery", "netinventory", wake::TASK];
    served.into_iter().filter(|task| airlock_builtin::task(task).is_some())
}

/// One server's turn.
pub(super) struct Turn<'a> {
    /// Its name in the policy, and of its state.
    pub(super) name: String,
    pub(super) settings: &'a ServerSettings,
    pub(super) rule: Option<Server>,
    policy: Policy,
    pub(super) state: ServerState,
    known: Remembered,
    began: i64,
}

/// What came of a turn that the server took part in.
struct Done {
    contact: Contact,
    /// Task, and what became of it.
    results: Vec<(String, String)>,
    /// False: something of it has to be done again.
    ok: bool,
}

impl Round<'_> {
    pub(super) fn server(&self, server: &ServerSettings) -> TargetOutcome {
        let shown = server.name.clone();
        self.try_server(server).unwrap_or_else(|error| TargetOutcome::failed(shown, format!("{error:#}")))
    }

    fn try_server(&self, server: &ServerSettings) -> anyhow::Result<TargetOutcome> {
        let (name, rule) = rule_of(self.policies.loaded.rules.as_deref(), server)?;
        let state = ServerState::of_server(self.folders, &name)?;
        let Some(_session) = state.session()? else { bail!("another airlock talks to it just now") };
        let (known, began) = (state.read(&server.url)?, Timestamp::now().as_second());
        if let Some(known) = self.not_due(&known, began) {
            return Ok(known.of(&name));
        }
        if let Some(stop) = self.places.stops().stops().iter().find(|stop| stop.ends(Some(&name))) {
            bail!("stopped: {stop} (airlock stop --resume)");
        }
        let asker = Asker { server: Some(name.clone()), task: "inventory".to_owned(), ..Asker::default() };
        let (policy, _) = self.policies.rights(&asker);
        let turn = Turn { name, settings: server, rule, policy, state, known, began };
        match self.turn(&turn) {
            Ok(done) => self.went_well(&turn, done),
            Err(error) => self.went_wrong(&turn, &error),
        }
    }

    fn turn(&self, turn: &Turn<'_>) -> anyhow::Result<Done> {
        let secret = |name: &str, origin: &str| self.policies.secret(name, origin);
        let client = session::client(turn.settings, self.settings, turn.rule.as_ref(), secret)?;
        let own = turn.settings.transport.as_ref().unwrap_or(&self.settings.transport);
        let wire = Wire::new(&client, !own.no_compression, &self.agent_id)?;
        let may_report = matches!(turn.policy.decide(&Ask::new(Verb::ReportSend), Timestamp::now()), Verdict::Allow(_));
        let may = |task: &str| match (Kind::of(task), Rest::of(task)) {
            (Some(kind), _) => self.may_scan(&turn.name, kind),
            (None, Some(task)) => self.may_do(&turn.name, task),
            (None, None) if task == wake::TASK => self.may(&turn.name, task, wake::VERBS),
            (None, None) => may_report,
        };
        let enabled = installed().filter(|task| may(task) && self.is_planned(task));
        let about = About {
            device: self.device_id.clone(),
            tag: turn.settings.tag.clone().or_else(|| self.settings.tag.clone()),
            installed: installed().map(str::to_owned).collect(),
            enabled: enabled.map(str::to_owned).collect(),
            port: self.settings.listener.enabled.then_some(self.settings.listener.port),
        };
        let contact = session::contact(&wire, &about, dialects(turn))?;
        let outbox = Outbox::of_server(self.folders, &turn.name)?;
        let mut results = Vec::new();
        let mut ok = true;
        match self.inventory(turn, &contact, &about, &outbox) {
            Ok(what) => results.push(("inventory".to_owned(), what)),
            Err(error) => {
                ok = false;
                results.push(("inventory".to_owned(), format!("failed: {error:#}")));
            }
        }
        for (task, why) in self.refused(turn, &contact).into_iter().filter(|(task, _)| TASKS.contains(&task.as_str())) {
            // For the owner's record: nothing was asked of it for that task, not even what there would be to do. What a
            // server makes up is no task.
            let details = json!({ "server": turn.name, "task": task, "code": "TASK_NOT_GRANTED", "why": why });
            self.policies.tell("task not started", details);
        }
        results.extend(self.refused(turn, &contact));
        let delivery =
            deliver(&wire, &outbox, |entry, document| self.leave(turn, &entry.kind, document, entry.attempts > 0))?;
        self.told_of(&turn.name, &delivery);
        for entry in &delivery.delivered {
            let (number, sha256) = (entry.number, &entry.sha256);
            self.policies.tell("report taken", json!({ "server": turn.name, "number": number, "sha256": sha256 }));
        }
        if !delivery.delivered.is_empty() {
            results.push(("delivery".to_owned(), format!("{} delivered", delivery.delivered.len())));
        }
        for entry in &delivery.refused {
            ok = false;
            let why = entry.last_error.as_deref().unwrap_or_default();
            results
                .push(("delivery".to_owned(), format!("report {} is not taken and kept aside: {why}", entry.number)));
        }
        if let Some(error) = delivery.error {
            self.remember_results(turn, &contact, results)?;
            return Err(anyhow::Error::from(error).context(format!("{} wait to be delivered", delivery.waiting)));
        }
        match self.option_jobs(turn, &contact, &about, &wire) {
            Ok(jobs) => {
                let (told, all_done) = self.wakes(turn, &about, &jobs);
                results.extend(told);
                ok &= all_done;
                let (told, all_done) = self.network(turn, jobs, &about, &wire, &outbox);
                results.extend(told);
                ok &= all_done;
            }
            Err(error) => {
                ok = false;
                results.push(("network".to_owned(), format!("failed: its jobs are not known: {error:#}")));
            }
        }
        let (told, all_done) = self.collections(turn, &contact, &about, &wire);
        results.extend(told);
        ok &= all_done;
        let (told, all_done) = self.deployments(turn, &contact, &about, &wire);
        results.extend(told);
        ok &= all_done;
        if turn.state.read(&turn.settings.url)?.owes_software {
            let what = self.software_after_jobs(turn, &contact, &about, &outbox, &wire);
            ok &= what.is_ok();
            let what = what.unwrap_or_else(|error| format!("failed: {error:#}"));
            results.push(("inventory".to_owned(), format!("after a job: {what}")));
        }
        Ok(Done { contact, results, ok })
    }

    /// Lets a document leave for this server, whichever task it is from.
    pub(super) fn leave(&self, turn: &Turn<'_>, kind: &str, document: &[u8], is_again: bool) -> anyhow::Result<()> {
        let asker = Asker { server: Some(turn.name.clone()), task: kind.to_owned(), ..Asker::default() };
        let is_own = Kind::of(kind).is_some() || Rest::of(kind).is_some();
        let own = is_own.then(|| self.policies.rights(&asker).0);
        let exit = Exit {
            policies: &self.policies,
            folders: self.folders,
            server: &turn.name,
            task: if own.is_some() { kind } else { "inventory" },
            policy: own.as_ref().unwrap_or(&turn.policy),
            to: &turn.settings.url,
        };
        exit.take(kind, document, is_again)
    }

    /// What the server made of reports, beside each in the list of what left.
    pub(super) fn told_of(&self, server: &str, delivery: &Delivery) {
        let sent = Sent::new(self.folders);
        let taken = delivery.delivered.iter().map(|entry| (entry, "taken".to_owned()));
        let refused = delivery.refused.iter().map(|entry| {
            let why = entry.last_error.as_deref().unwrap_or_default();
            (entry, format!("not taken, and kept aside: {why}"))
        });
        for (entry, result) in taken.chain(refused) {
            if let Err(error) = sent.last_ended(server, &entry.sha256, &result) {
                tracing::warn!("{server}: what came of report {} is not written down: {error}", entry.number);
            }
        }
    }

    pub(super) fn is_planned(&self, task: &str) -> bool {
        let tasks = &self.settings.tasks;
        let only = tasks.only.is_empty() || tasks.only.iter().any(|only| only == task || only == "...");
        only && !tasks.without.iter().any(|without| without == task)
    }

    fn may(&self, server: &str, task: &str, verbs: &[Verb]) -> bool {
        let asker = Asker { server: Some(server.to_owned()), task: task.to_owned(), ..Asker::default() };
        self.policies.rights(&asker).0.grants_any(verbs)
    }

    /// Whether the owner's policy grants this server's task anything to do.
    pub(super) fn may_do(&self, server: &str, task: Rest) -> bool {
        let may = |verbs: &[Verb]| self.may(server, task.name(), verbs);
        match task {
            // Nothing is changed for a server that anybody could pretend to be: nobody is asked what there would be to do.
            Rest::Deploy => may(deploy::VERBS) && self.is_proven(server),
            // What is found has to be sent.
            Rest::Collect => may(collect::VERBS) && may(&[Verb::ReportSend]),
        }
    }

    fn is_proven(&self, server: &str) -> bool {
        let rules = self.policies.loaded.rules.as_deref();
        rules.and_then(|rules| rules.servers.get(server)).is_some_and(Server::is_proven_by_tls)
    }

    /// A job changed what is installed, and its server wants to know now: the machine is looked at anew.
    fn software_after_jobs(
        &self,
        turn: &Turn<'_>,
        contact: &Contact,
        about: &About,
        outbox: &Outbox,
        wire: &Wire,
    ) -> anyhow::Result<String> {
        let done = || turn.state.change(&turn.settings.url, |known| known.owes_software = false);
        if !self.is_planned("inventory") || !about.enabled.iter().any(|task| task == "inventory") {
            done()?;
            return Ok("left out: no inventory is sent to this server".to_owned());
        }
        let whom = For {
            server: &turn.name,
            tag: about.tag.as_deref(),
            dialect: contact.dialect.unwrap_or(Dialect::Xml),
            no_category: &[],
            policy: &turn.policy,
        };
        let what = self.store_report(&self.new_observer()?, &whom, outbox, &["software".to_owned()])?;
        done()?;
        let delivery =
            deliver(wire, outbox, |entry, document| self.leave(turn, &entry.kind, document, entry.attempts > 0))?;
        self.told_of(&turn.name, &delivery);
        match delivery.error {
            None => Ok(what),
            Some(error) => Err(anyhow::Error::from(error).context("it waits to be delivered")),
        }
    }

    fn inventory(&self, turn: &Turn<'_>, contact: &Contact, about: &About, outbox: &Outbox) -> anyhow::Result<String> {
        if !self.is_planned("inventory") {
            return Ok("left out: the settings leave the task out".to_owned());
        }
        if !about.enabled.iter().any(|task| task == "inventory") {
            return Ok("left out: the policy lets no report be sent (a grant with verb = \"report.send\")".to_owned());
        }
        if !contact.wants_inventory && !self.wanted.force && !self.settings.schedule.force {
            return Ok("left out: the server does not want one now".to_owned());
        }
        let may_set = |what: &str| turn.rule.as_ref().is_some_and(|rule| rule.server_may_set.contains(&what));
        let listens = may_set("no-category") || may_set("inventory.categories");
        let no_category: &[String] = if listens { &contact.no_category } else { &[] };
        if !listens && !contact.no_category.is_empty() {
            tracing::info!("{}: it wants categories left out, which the policy does not let it say", turn.name);
        }
        let whom = For {
            server: &turn.name,
            tag: about.tag.as_deref(),
            dialect: contact.dialect.unwrap_or(Dialect::Xml),
            no_category,
            policy: &turn.policy,
        };
        self.store_report(self.observer()?, &whom, outbox, &self.wanted.partial)
    }

    fn remember_results(
        &self,
        turn: &Turn<'_>,
        contact: &Contact,
        results: Vec<(String, String)>,
    ) -> anyhow::Result<Remembered> {
        Ok(turn.state.change(&turn.settings.url, |known| {
            known.dialect = contact.dialect.map(|dialect| dialect.name().to_owned()).or(known.dialect.take());
            known.offered.clone_from(&contact.offered);
            known.disabled = contact.disabled.iter().cloned().collect();
            known.no_category.clone_from(&contact.no_category);
            known.words.clone_from(&contact.words);
            known.results = results;
        })?)
    }

    fn went_well(&self, turn: &Turn<'_>, done: Done) -> anyhow::Result<TargetOutcome> {
        let Done { contact, results, ok } = done;
        let what: Vec<String> = results.iter().map(|(task, what)| format!("{task}: {what}")).collect();
        self.remember_results(turn, &contact, results)?;
        let now = Timestamp::now().as_second();
        let wished = contact.wished.or(turn.known.wished.map(Duration::from_secs));
        let usual = self.settings.schedule.delay.0;
        let allowed = self.interval(turn);
        let next =
            interval::after(unsigned(turn.began), unsigned(now), wished, usual, allowed, crate::random::number()?);
        let known = turn.state.change(&turn.settings.url, |known| {
            known.wished = contact.wished.map(|wished| wished.as_secs()).or(known.wished);
            known.period = Some(next.period.as_secs());
            (known.next, known.next_because) = (Some(next.at), next.because);
            (known.tried, known.worked, known.failures, known.last_error) = (Some(now), Some(now), 0, None);
        })?;
        let outcome = if ok { TargetOutcome::done } else { TargetOutcome::failed };
        Ok(outcome(turn.name.clone(), what.join("; ")).with(&known))
    }

    fn went_wrong(&self, turn: &Turn<'_>, error: &anyhow::Error) -> anyhow::Result<TargetOutcome> {
        let (now, random) = (Timestamp::now().as_second(), crate::random::number()?);
        let allowed = self.interval(turn);
        let again = error.chain().find_map(|cause| cause.downcast_ref::<SessionError>()).and_then(SessionError::again);
        let most = self.settings.schedule.delay.0;
        let known = turn.state.change(&turn.settings.url, |known| {
            known.failures = known.failures.saturating_add(1);
            (known.tried, known.last_error) = (Some(now), Some(format!("{error:#}")));
            let next = interval::after_failure(unsigned(now), known, again, allowed, most, random);
            (known.next, known.next_because) = (Some(next.at), next.because);
        })?;
        Ok(TargetOutcome::failed(turn.name.clone(), format!("{error:#}")).with(&known))
    }

    /// What the server offers and this agent does not do for it: said to people, and nothing more is asked.
    fn refused(&self, turn: &Turn<'_>, contact: &Contact) -> Vec<(String, String)> {
        let why = |task: &str| match Kind::of(task) {
            _ if !installed().any(|known| known == task) => {
                Some("this version has no such task for servers".to_owned())
            }
            Some(kind) if !self.may_scan(&turn.name, kind) => {
                Some(format!("the policy grants {task} no network (net.probe, snmp.read)"))
            }
            None if Rest::of(task).is_some_and(|task| !self.may_do(&turn.name, task)) => Some(format!(
                "disabled by local policy: nothing is granted to {task} for this server, or its identity is not proven by TLS"
            )),
            _ if !self.is_planned(task) => Some("the settings leave the task out".to_owned()),
            _ => None,
        };
        let one = |(task, by): &(String, String)| {
            let (shown, by) = (airlock_model::short_line(task, 40), airlock_model::short_line(by, 40));
            Some((shown, format!("offered by {by}, not done: {}", why(task)?)))
        };
        contact.offered.iter().filter_map(one).collect()
    }

    fn interval(&self, turn: &Turn<'_>) -> interval::Window {
        interval::allowed(self.policies.loaded.rules.as_deref(), &turn.name)
    }
}

/// The server of the policy that this one is, by name or by where it is; and the name under which its state is kept.
pub(crate) fn rule_of(rules: Option<&Rules>, server: &ServerSettings) -> anyhow::Result<(String, Option<Server>)> {
    let Some(rules) = rules else { return Ok((server.name.clone(), None)) };
    let origin = origin(&server.url);
    match rules.servers.get(&server.name) {
        Some(rule) if rule.origin == origin => Ok((server.name.clone(), Some(rule.clone()))),
        Some(rule) => bail!(
            "the policy says that it is at {} ({}), the settings that it is at {origin}: nothing is sent",
            rule.origin,
            rule.at
        ),
        None => match rules.servers.iter().find(|(_, rule)| rule.origin == origin) {
            Some((name, rule)) => Ok((name.clone(), Some(rule.clone()))),
            None => Ok((server.name.clone(), None)),
        },
    }
}

pub(super) fn dialects(turn: &Turn<'_>) -> Dialects {
    let named = turn.rule.as_ref().map(|rule| rule.dialects.as_slice()).unwrap_or_default();
    let json = named.is_empty() || named.contains(&"glpi-json");
    let xml = named.is_empty() || named.iter().any(|dialect| dialect.ends_with("-xml"));
    let known = turn.known.dialect.as_deref().and_then(Dialect::of);
    Dialects { known, json, xml, may_go_back: !named.is_empty() && json && xml }
}

fn unsigned(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or(0)
}

/// `https://host:port` of a URL, as policies write it.
pub(crate) fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let usual = match scheme {
        "https" => ":443",
        _ => ":80",
    };
    format!("{scheme}://{}", authority.strip_suffix(usual).unwrap_or(&authority))
}
