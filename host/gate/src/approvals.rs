//! Calls that wait for a person: a queue that nobody can flood, and approvals of exactly what was shown.
//!
//! A request is one job, with its files, by one component, under one policy, for one server; it lists the calls that were
//! held. Its digest is over all of that, and people approve a digest: change any of it, and it is another request. An
//! approval is good for one run, and in that run for each listed call as often as it is listed; a download only brings what
//! its digest says, so it may be tried as often as it takes, also by the next run where one was cut short before it changed
//! anything.
//!
//! A rehearsal asks for all that a run will need ([`How::Ahead`]): it counts, and uses nothing up.
//!
//! Pure: airlock-native keeps the queue in a file.

mod identical;

use crate::terms::ApprovalRule;
use crate::{Ask, Verb};
use identical::Identical;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Calls that one request lists, and bytes of them and of the job's text that are kept.
const MOST_CALLS: usize = 64;
const MOST_BYTES: usize = 64 << 10;
/// Servers for which turned-away requests are counted.
const MOST_COUNTS: usize = 1_000;
/// Characters of a digest that name a request: 64 bits.
pub const SHORTEST_PREFIX: usize = 16;

/// What an approval binds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    pub server: Option<String>,
    pub task: String,
    /// `sha256` of the component, of the job's text, of its files, of the policy.
    pub component: String,
    pub job: String,
    pub files: Vec<String>,
    pub policy: String,
    /// The name of the approval in the policy.
    pub approval: String,
}

/// What waits, as people look at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub bound: Bound,
    pub rule: ApprovalRule,
    /// The beginning of the job's text, and how long it is in all.
    pub job_text: String,
    pub job_bytes: u64,
    /// The calls that approval is asked for.
    pub calls: Vec<Ask>,
    /// Seconds since 1970: when it was asked for first and last, and how often.
    pub first: u64,
    pub last: u64,
    pub times: u64,
    /// Who approved these calls so far.
    #[serde(default)]
    pub approved_by: Vec<String>,
    #[serde(default)]
    pub refused_by: Option<String>,
    #[serde(default)]
    pub ticket: Option<Ticket>,
    /// What the last rehearsal has asked for so far.
    #[serde(default, skip_serializing_if = "Rehearsed::is_empty")]
    rehearsed: Rehearsed,
    /// What it is apart from the job's id.
    #[serde(default)]
    alike: String,
}

/// The calls that one rehearsal asked for, each as often as it did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Rehearsed {
    run: String,
    calls: Vec<Ask>,
}

impl Rehearsed {
    fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

/// An approval that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    pub by: Vec<String>,
    pub expires: u64,
    pub left: Vec<Ask>,
    used: Vec<Ask>,
    /// The run that uses it; no other can.
    run: Option<String>,
}

/// All that waits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    requests: BTreeMap<String, Request>,
    /// Requests that found the queue full, by server.
    #[serde(default)]
    turned_away: BTreeMap<String, u64>,
    /// What was approved and may come again, by what it is apart from the job's id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    identical: BTreeMap<String, Identical>,
}

/// How things stand with a call that needs approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Approved {
        by: Vec<String>,
    },
    /// It waits, in the request with this digest.
    Held {
        digest: String,
    },
    Refused {
        by: String,
    },
    /// There is no room for it in the queue, in these words.
    TurnedAway(String),
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody has answered; `until` in seconds since 1970.
    Waiting {
        digest: String,
        until: u64,
    },
    Approved {
        by: Vec<String>,
    },
    Refused {
        by: String,
    },
    /// It was approved, and the run that it was for has taken place.
    UsedUp,
}

/// The call that is held, and what it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    pub bound: &'a Bound,
    pub rule: &'a ApprovalRule,
    pub job: &'a str,
    pub ask: &'a Ask,
    /// What stands for the same call in a list that was made before all of it was known.
    pub or: Option<&'a Ask>,
    pub run: &'a str,
    pub how: How,
}

/// What a person is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Approvable {
    /// In the most exact words that there are.
    pub ask: Ask,
    /// What stands for it in a list that was made before its content was here.
    pub or: Option<Ask>,
    /// It looks at what another call will be about.
    pub is_look: bool,
}

impl Approvable {
    pub fn of(ask: &Ask) -> Self {
        Self { ask: ask.clone(), or: None, is_look: false }
    }
}

/// What an approval is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum How {
    /// The call itself, which uses it up.
    #[default]
    Now,
    /// A look at what the call will be about: that one uses it up.
    Look,
    /// A call of the run that this is a rehearsal of.
    Ahead,
    /// A look in a rehearsal.
    AheadLook,
}

impl How {
    pub(crate) fn of(is_look: bool, is_ahead: bool) -> Self {
        match (is_look, is_ahead) {
            (false, false) => How::Now,
            (true, false) => How::Look,
            (false, true) => How::Ahead,
            (true, true) => How::AheadLook,
        }
    }

    pub fn is_ahead(self) -> bool {
        matches!(self, How::Ahead | How::AheadLook)
    }

    fn is_look(self) -> bool {
        matches!(self, How::Look | How::AheadLook)
    }
}

impl Bound {
    fn digest(&self) -> String {
        digest(self)
    }

    /// As one approval binds it: what that leaves open is left out.
    pub(crate) fn under(&self, rule: &ApprovalRule) -> Self {
        let mut bound = Self { approval: rule.name.clone(), ..self.clone() };
        for (part, text) in
            [("job", &mut bound.job), ("component", &mut bound.component), ("policy", &mut bound.policy)]
        {
            if !rule.binds(part) {
                text.clear();
            }
        }
        if !rule.binds("files") {
            bound.files.clear();
        }
        bound
    }
}

impl Request {
    /// What people approve.
    pub fn digest(&self) -> String {
        digest(&(&self.bound, &self.calls))
    }

    pub fn is_waiting(&self) -> bool {
        !self.calls.is_empty() && self.refused_by.is_none()
    }
}

impl Queue {
    /// Decides on a call, and puts it into the queue if nobody has yet. `now` is in seconds since 1970.
    pub fn check(&mut self, held: Held<'_>, now: u64) -> Standing {
        self.forget(now);
        let subject = held.bound.digest();
        let first = self.requests.get(&subject);
        if first.is_none_or(|request| request.refused_by.is_none() && !request.has_ticket_for(&held))
            && let Some(by) = self.again(&held, now)
        {
            return Standing::Approved { by };
        }
        if let Some(request) = self.requests.get_mut(&subject) {
            return request.check(&held, now);
        }
        if let Err(full) = self.room(held.bound, held.rule) {
            let server = held.bound.server.clone().unwrap_or_default();
            if self.turned_away.len() < MOST_COUNTS || self.turned_away.contains_key(&server) {
                let count = self.turned_away.entry(server).or_default();
                *count = count.saturating_add(1);
            }
            return Standing::TurnedAway(full);
        }
        let mut request = Request::new(&held, now);
        let standing = request.check(&held, now);
        if matches!(standing, Standing::Held { .. }) {
            self.requests.insert(subject, request);
        }
        standing
    }

    /// What waits, the oldest first, each with its digest.
    pub fn waiting(&self) -> Vec<(String, &Request)> {
        let mut waiting: Vec<_> = self.requests.values().filter(|r| r.is_waiting()).map(|r| (r.digest(), r)).collect();
        waiting.sort_by(|a, b| (a.1.first, &a.0).cmp(&(b.1.first, &b.0)));
        waiting
    }

    /// What became of the request for this: none when it is not there (any more).
    pub fn outcome_of(&self, bound: &Bound) -> Option<Outcome> {
        let request = self.requests.get(&bound.digest())?;
        Some(match (&request.refused_by, &request.ticket) {
            (Some(by), _) => Outcome::Refused { by: by.clone() },
            (None, Some(ticket)) if request.calls.is_empty() => {
                if ticket.run.is_some() && ticket.is_used_up() {
                    Outcome::UsedUp
                } else {
                    Outcome::Approved { by: ticket.by.clone() }
                }
            }
            (None, _) => Outcome::Waiting {
                digest: request.digest(),
                until: request.last.saturating_add(request.rule.pending.expires),
            },
        })
    }

    /// The request for this, whatever became of it.
    pub fn of(&self, bound: &Bound) -> Option<&Request> {
        self.requests.get(&bound.digest())
    }

    /// How many requests found the queue full, by server.
    pub fn turned_away(&self) -> &BTreeMap<String, u64> {
        &self.turned_away
    }

    /// The request with this digest, or the only one whose digest begins so.
    pub fn find(&self, prefix: &str) -> Result<&Request, String> {
        let prefix = prefix.trim().to_ascii_lowercase();
        if prefix.len() < SHORTEST_PREFIX || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(format!("a digest is named by at least {SHORTEST_PREFIX} of its characters (0-9, a-f)"));
        }
        let mut found = self.requests.values().filter(|r| r.is_waiting() && r.digest().starts_with(&prefix));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err("more than one request has a digest that begins so: give all of it".to_owned()),
            (None, _) => {
                Err("nothing that waits has this digest: it may have changed, or gone (see: airlock jobs)".to_owned())
            }
        }
    }

    /// Approves what has this digest, and says how many more people have to.
    pub fn approve(&mut self, prefix: &str, who: &str, now: u64) -> Result<u32, String> {
        self.forget(now);
        let subject = self.find(prefix)?.bound.digest();
        let request = self.requests.get_mut(&subject).ok_or("it is gone")?;
        if !request.approved_by.iter().any(|by| by == who) {
            request.approved_by.push(who.to_owned());
        }
        let given = u32::try_from(request.approved_by.len()).unwrap_or(u32::MAX);
        let missing = request.rule.required.max(1).saturating_sub(given);
        if missing == 0 {
            if request.rule.auto_approve_identical.is_some() {
                self.identical.insert(request.alike.clone(), Identical::of(request, now));
            }
            request.ticket = Some(Ticket {
                by: std::mem::take(&mut request.approved_by),
                expires: now.saturating_add(request.rule.expires),
                left: std::mem::take(&mut request.calls),
                used: Vec::new(),
                run: None,
            });
        }
        Ok(missing)
    }

    /// Refuses what has this digest, for as long as it would have waited.
    pub fn refuse(&mut self, prefix: &str, who: &str, now: u64) -> Result<(), String> {
        self.forget(now);
        let subject = self.find(prefix)?.bound.digest();
        let request = self.requests.get_mut(&subject).ok_or("it is gone")?;
        (request.refused_by, request.last, request.ticket) = (Some(who.to_owned()), now, None);
        self.identical.remove(&request.alike);
        Ok(())
    }

    fn room(&self, bound: &Bound, rule: &ApprovalRule) -> Result<(), String> {
        // What was approved and not used yet, or refused, takes its place; what is used up was a person's doing.
        let takes_room = |r: &&Request| !r.calls.is_empty() || r.ticket.as_ref().is_some_and(|t| !t.is_used_up());
        let all = self.requests.values().filter(takes_room).count();
        let of_server = self.requests.values().filter(takes_room).filter(|r| r.bound.server == bound.server).count();
        let full = |whose: &str, most: u32| Err(format!("the queue of approvals {whose} is full ({most})"));
        if of_server >= usize::try_from(rule.pending.per_server).unwrap_or(usize::MAX) {
            return full("of this server", rule.pending.per_server);
        }
        if all >= usize::try_from(rule.pending.max).unwrap_or(usize::MAX) {
            return full("of this machine", rule.pending.max);
        }
        Ok(())
    }

    fn forget(&mut self, now: u64) {
        self.identical.retain(|_, identical| !identical.is_over(now));
        for request in self.requests.values_mut() {
            request.ticket = request.ticket.take().filter(|t| now < t.expires);
            if now >= request.last.saturating_add(request.rule.pending.expires) {
                request.calls.clear();
                request.refused_by = None;
            }
        }
        self.requests.retain(|_, request| {
            // One that is used up tells what its run did, should that run ask for more.
            !request.calls.is_empty() || request.ticket.is_some()
        });
    }
}

impl Request {
    fn new(held: &Held<'_>, now: u64) -> Self {
        let mut end = held.job.len().min(MOST_BYTES);
        while !held.job.is_char_boundary(end) {
            end -= 1;
        }
        Request {
            bound: held.bound.clone(),
            rule: held.rule.clone(),
            job_text: held.job.get(..end).unwrap_or_default().to_owned(),
            job_bytes: held.job.len() as u64,
            calls: Vec::new(),
            first: now,
            last: now,
            times: 0,
            approved_by: Vec::new(),
            refused_by: None,
            ticket: None,
            rehearsed: Rehearsed::default(),
            alike: identical::alike(held),
        }
    }

    fn has_ticket_for(&self, held: &Held<'_>) -> bool {
        self.ticket.as_ref().is_some_and(|ticket| ticket.is_for(held.run) && held.listed(&ticket.left).next().is_some())
    }

    fn check(&mut self, held: &Held<'_>, now: u64) -> Standing {
        if let Some(by) = &self.refused_by {
            return Standing::Refused { by: by.clone() };
        }
        let Some(times) = self.times_asked(held) else { return too_much() };
        if let Some(ticket) = self.ticket.as_mut().filter(|ticket| ticket.is_for(held.run)) {
            let is_first_missing = self.calls.is_empty();
            match held.how.is_ahead() {
                true if is_first_missing && held.listed(&ticket.left).nth(times.saturating_sub(1)).is_some() => {
                    return Standing::Approved { by: ticket.by.clone() };
                }
                // A person sees all of it, and not only what is new.
                true if is_first_missing => {
                    let before = self.rehearsed.calls.len().saturating_sub(usize::from(!held.lasts()));
                    self.calls.extend(self.rehearsed.calls.iter().take(before).cloned());
                    self.calls.extend(ticket.left.iter().filter(|ask| is_fetch(ask)).cloned());
                }
                true => {}
                false => {
                    if ticket.take(held) {
                        return Standing::Approved { by: ticket.by.clone() };
                    }
                    // The next run has to do again what this one did.
                    if is_first_missing {
                        self.calls = [ticket.used.as_slice(), &ticket.left].concat();
                    }
                }
            }
        }
        if held.listed(&self.calls).nth(times.saturating_sub(1)).is_none() {
            let bytes = |ask: &Ask| serde_json::to_string(ask).map_or(MOST_BYTES, |text| text.len());
            let all: usize = self.calls.iter().chain([held.ask]).map(bytes).sum();
            if self.calls.len() >= MOST_CALLS || all > MOST_BYTES {
                return too_much();
            }
            self.calls.push(held.ask.clone());
            // Whoever approved the shorter list has not seen this.
            self.approved_by.clear();
        }
        self.last = now;
        self.times = self.times.saturating_add(1);
        Standing::Held { digest: self.digest() }
    }
}

impl Request {
    /// How often this rehearsal has asked for the call, this time included; once, where it is no rehearsal. None: too often.
    fn times_asked(&mut self, held: &Held<'_>) -> Option<usize> {
        if !held.how.is_ahead() || held.lasts() {
            return Some(1);
        }
        if self.rehearsed.run != held.run {
            self.rehearsed = Rehearsed { run: held.run.to_owned(), calls: Vec::new() };
        }
        if self.rehearsed.calls.len() >= MOST_CALLS {
            return None;
        }
        self.rehearsed.calls.push(held.ask.clone());
        Some(held.listed(&self.rehearsed.calls).count())
    }
}

impl Ticket {
    fn is_for(&self, run: &str) -> bool {
        self.run.as_deref().is_none_or(|own| own == run)
    }

    /// What is left is no more than downloads.
    fn is_used_up(&self) -> bool {
        self.left.iter().all(is_fetch)
    }

    /// Whether it holds for this call; used up by it, but for what lasts.
    fn take(&mut self, held: &Held<'_>) -> bool {
        let found = self.left.iter().position(|ask| held.is(ask));
        if held.lasts() {
            return found.is_some();
        }
        self.run = Some(held.run.to_owned());
        if let Some(at) = found {
            let ask = self.left.remove(at);
            self.used.push(ask);
        }
        found.is_some()
    }
}

impl Held<'_> {
    /// Whether this stands in a list for the call.
    fn is(&self, ask: &Ask) -> bool {
        ask == self.ask || self.or == Some(ask)
    }

    fn listed<'a>(&'a self, calls: &'a [Ask]) -> impl Iterator<Item = &'a Ask> {
        calls.iter().filter(|ask| self.is(ask))
    }

    /// It uses nothing up, or may be tried again.
    pub fn lasts(&self) -> bool {
        self.how.is_look() || is_fetch(self.ask)
    }
}

/// Its content is bound by its digest: once more is the same.
fn is_fetch(ask: &Ask) -> bool {
    ask.verb == Some(Verb::PkgFetch)
}

fn too_much() -> Standing {
    Standing::TurnedAway(format!("one job asks for more than {MOST_CALLS} calls or {MOST_BYTES} bytes to be approved"))
}

fn digest<T: Serialize>(what: &T) -> String {
    let text = serde_json::to_vec(what).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The verb of a held call, for lists.
pub fn verb_name(ask: &Ask) -> &'static str {
    ask.verb.map_or("run", Verb::name)
}

#[cfg(test)]
mod tests;
