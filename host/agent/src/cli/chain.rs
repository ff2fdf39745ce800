//! The way from a target to a result, link by link: settings, policy, turn, contact, offer, task, delivery. The first broken
//! link is why something does not happen.

use crate::config::{ServerSettings, Settings};
use crate::policies::{Places, Policies};
use crate::round::{installed, rule_of};
use airlock_gate::guards::Stops as _;
use airlock_gate::policy::Verdict;
use airlock_gate::{Ask, Asker, Verb};
use airlock_native::{Folders, Outbox, Remembered, ServerState};
use jiff::Timestamp;
use serde::Serialize;

/// One link.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    pub(super) link: &'static str,
    /// None: neither good nor bad, or not known yet.
    pub(super) ok: Option<bool>,
    pub(super) words: String,
}

/// The chain of one server, for one task or for all.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Chain {
    pub(super) target: String,
    pub(super) links: Vec<Link>,
}

impl Chain {
    /// The first link that does not hold.
    pub(super) fn broken(&self) -> Option<&Link> {
        self.links.iter().find(|link| link.ok == Some(false))
    }

    fn add(&mut self, link: &'static str, ok: impl Into<Option<bool>>, words: impl Into<String>) {
        self.links.push(Link { link, ok: ok.into(), words: words.into() });
    }
}

/// What leads to the results of a server; `task` is the one that is asked about.
pub(super) fn of_server(
    server: &ServerSettings,
    settings: &Settings,
    task: Option<&str>,
    places: &Places,
    folders: &Folders,
) -> anyhow::Result<Chain> {
    let mut chain = Chain { target: server.name.clone(), links: Vec::new() };
    chain.add("target", true, format!("{}, of the settings", server.url));
    let policies = Policies::open(places, Some(folders))?;
    let (name, rule) = match rule_of(policies.loaded.rules.as_deref(), server) {
        Ok(found) => found,
        Err(error) => {
            chain.add("policy", false, format!("{error:#}"));
            return Ok(chain);
        }
    };
    if let Some(stop) = places.stops().stops().iter().find(|stop| stop.ends(Some(&name))) {
        chain.add("stop", false, format!("{stop} (airlock stop --resume)"));
    }
    let asked = task.unwrap_or("inventory");
    policy(&mut chain, &policies, &name, rule.map(|rule| rule.at.to_string()), asked);
    plan(&mut chain, settings, asked);
    let known = ServerState::of_server(folders, &name)?.read(&server.url)?;
    turn_and_contact(&mut chain, &known);
    offer(&mut chain, &known, asked);
    for (what, outcome) in known.results.iter().filter(|(what, _)| what == asked || task.is_none()) {
        let bad = outcome.starts_with("failed") || outcome.contains("kept aside");
        chain.add("result", !bad, format!("{what}: {outcome}"));
    }
    delivery(&mut chain, &Outbox::of_server(folders, &name)?)?;
    Ok(chain)
}

fn policy(chain: &mut Chain, policies: &Policies, name: &str, at: Option<String>, task: &str) {
    let asker = Asker { server: Some(name.to_owned()), task: task.to_owned(), ..Asker::default() };
    let (policy, standing) = policies.rights(&asker);
    match at {
        Some(at) => chain.add("policy", true, format!("[server.{name}] at {at}; {standing}")),
        None => chain.add("policy", None, format!("no [server.*] is at that address; {standing}")),
    }
    for (what, verb) in [("reads", Verb::InventoryRead), ("sends", Verb::ReportSend)] {
        if verb == Verb::InventoryRead && task != "inventory" {
            continue;
        }
        let ask = match verb {
            Verb::InventoryRead => {
                airlock_model::schema::section("hardware").map_or_else(|| Ask::new(verb), |s| Ask::sections(&[s]))
            }
            _ => Ask { bytes: Some(1), ..Ask::new(verb) },
        };
        match policy.decide(&ask, Timestamp::now()) {
            Verdict::Allow(allowed) => chain.add("policy", true, format!("{what}: granted by {}", allowed.rule)),
            Verdict::Deny(refusal) => chain.add("policy", false, format!("{what}: {}: {}", refusal.code, refusal.why)),
        }
    }
}

fn plan(chain: &mut Chain, settings: &Settings, task: &str) {
    if !installed().any(|known| known == task) {
        chain.add("task", false, format!("this version has no task {task} for servers"));
    } else if settings.tasks.without.iter().any(|without| without == task) {
        chain.add("task", false, format!("the settings leave {task} out ([tasks] without)"));
    } else {
        chain.add("task", true, format!("{task} is installed and planned"));
    }
}

fn turn_and_contact(chain: &mut Chain, known: &Remembered) {
    let time = |at: Option<i64>| at.and_then(|at| Timestamp::from_second(at).ok()).map(|at| at.to_string());
    match (time(known.next), known.next_because.as_str()) {
        (Some(next), because) => chain.add("turn", None, format!("next at {next}: {because}")),
        (None, _) => chain.add("turn", None, "not planned yet (airlock run, or airlock daemon)"),
    }
    match (time(known.tried), time(known.worked), &known.last_error) {
        (None, _, _) => chain.add("contact", None, "there was none yet"),
        (Some(tried), _, Some(error)) => {
            let worked = time(known.worked)
                .map_or_else(|| "never worked".to_owned(), |worked| format!("last worked at {worked}"));
            chain.add("contact", false, format!("failed at {tried} ({} in a row, {worked}): {error}", known.failures));
        }
        (Some(_), worked, None) => {
            let words = known.words.as_deref().map(|words| format!("; it says: {words}")).unwrap_or_default();
            let how = known.dialect.as_deref().unwrap_or("?");
            chain.add("contact", true, format!("worked at {} ({how}){words}", worked.unwrap_or_default()));
        }
    }
}

fn offer(chain: &mut Chain, known: &Remembered, task: &str) {
    if known.worked.is_none() {
        return;
    }
    let by = known.offered.iter().find(|(offered, _)| offered == task).map(|(_, by)| by);
    if known.disabled.iter().any(|disabled| disabled == task) {
        chain.add("offer", false, format!("the server does not want {task} from this agent"));
    } else if let Some(by) = by {
        chain.add("offer", true, format!("the server has {task} (by {by})"));
    } else if task == "inventory" {
        chain.add("offer", None, "the server says nothing of inventories, and takes them");
    } else {
        chain.add("offer", false, format!("the server has no {task} for this agent"));
    }
}

fn delivery(chain: &mut Chain, outbox: &Outbox) -> anyhow::Result<()> {
    let waiting = outbox.waiting()?;
    match waiting.first() {
        Some(first) => {
            let why = first.last_error.as_deref().unwrap_or("not tried yet");
            chain.add(
                "delivery",
                false,
                format!("{} reports wait; the first after {} attempts: {why}", waiting.len(), first.attempts),
            );
        }
        None => match outbox.delivered() {
            Some(last) => chain.add("delivery", true, format!("the report of {} was taken", last.created)),
            None => chain.add("delivery", None, "nothing was delivered yet"),
        },
    }
    Ok(())
}
