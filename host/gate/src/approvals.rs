//! Calls that wait for a person: a queue that nobody can flood, and approvals of exactly what was shown.
//!
//! A request is one job, with its files, by one component, under one policy, for one server; it lists the calls that were
//! held. Its digest is over all of that, and people approve a digest: change any of it, and it is another request. An
//! approval is good for one run, and in that run for each listed call once.
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
    /// What it is apart from the job's id.
    #[serde(default)]
    alike: String,
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
    pub run: &'a str,
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
                if ticket.left.is_empty() {
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
        let takes_room = |r: &&Request| !r.calls.is_empty() || r.ticket.as_ref().is_some_and(|t| !t.left.is_empty());
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
            alike: identical::alike(held),
        }
    }

    fn has_ticket_for(&self, held: &Held<'_>) -> bool {
        self.ticket.as_ref().is_some_and(|ticket| {
            ticket.left.contains(held.ask) && ticket.run.as_deref().is_none_or(|run| run == held.run)
        })
    }

    fn check(&mut self, held: &Held<'_>, now: u64) -> Standing {
        if let Some(by) = &self.refused_by {
            return Standing::Refused { by: by.clone() };
        }
        if let Some(ticket) = &mut self.ticket
            && ticket.run.as_deref().is_none_or(|run| run == held.run)
        {
            ticket.run = Some(held.run.to_owned());
            if let Some(at) = ticket.left.iter().position(|ask| ask == held.ask) {
                let ask = ticket.left.remove(at);
                ticket.used.push(ask);
                return Standing::Approved { by: ticket.by.clone() };
            }
            // The next run has to do again what this one did: a person sees all of it.
            if self.calls.is_empty() {
                self.calls.clone_from(&ticket.used);
            }
        }
        if !self.calls.contains(held.ask) {
            let bytes = |ask: &Ask| serde_json::to_string(ask).map_or(MOST_BYTES, |text| text.len());
            let all: usize = self.calls.iter().chain([held.ask]).map(bytes).sum();
            if self.calls.len() >= MOST_CALLS || all > MOST_BYTES {
                return Standing::TurnedAway(format!(
                    "one job asks for more than {MOST_CALLS} calls or {MOST_BYTES} bytes to be approved"
                ));
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

fn digest<T: Serialize>(what: &T) -> String {
    let text = serde_json::to_vec(what).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The verb of a held call, for lists.
pub fn verb_name(ask: &Ask) -> &'static str {
    ask.verb.map_or("run", Verb::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(job: &str) -> Bound {
        Bound {
            server: Some("hq".into()),
            task: "deploy".into(),
            component: "c0".into(),
            job: digest(&job),
            policy: "p0".into(),
            approval: "ops".into(),
            ..Bound::default()
        }
    }

    fn restart(unit: &str) -> Ask {
        let args = BTreeMap::from([("unit".to_owned(), unit.to_owned())]);
        Ask { template: Some("restart".into()), args: Some(args), ..Ask::new(Verb::ExecTemplate) }
    }

    fn check(queue: &mut Queue, job: &str, ask: &Ask, run: &str, now: u64) -> Standing {
        let rule = ApprovalRule::named("ops");
        queue.check(Held { bound: &bound(job), rule: &rule, job, ask, run }, now)
    }

    fn held(standing: Standing) -> String {
        match standing {
            Standing::Held { digest } => digest,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_approved_runs_once() {
        let mut queue = Queue::default();
        let digest = held(check(&mut queue, "j", &restart("a"), "r1", 1));
        assert_eq!(queue.approve(&digest, "root", 2), Ok(0));
        assert!(matches!(check(&mut queue, "j", &restart("a"), "r2", 3), Standing::Approved { .. }));
        for run in ["r2", "r3"] {
            assert!(matches!(check(&mut queue, "j", &restart("a"), run, 4), Standing::Held { .. }), "{run}");
        }
    }

    #[test]
    fn an_approval_is_for_exactly_what_was_shown() {
        let mut queue = Queue::default();
        let digest = held(check(&mut queue, "j", &restart("a"), "r1", 1));
        queue.approve(&digest, "root", 2).unwrap();
        held(check(&mut queue, "j", &restart("b"), "r2", 3));
        held(check(&mut queue, "j2", &restart("a"), "r2", 3));
        let mut other = bound("j");
        for change in 0..5 {
            match change {
                0 => other.component = "c1".into(),
                1 => other.policy = "p1".into(),
                2 => other.files = vec!["f".into()],
                3 => other.server = Some("lab".into()),
                _ => other.approval = "two".into(),
            }
            let rule = ApprovalRule::named("ops");
            let ask = restart("a");
            held(queue.check(Held { bound: &other, rule: &rule, job: "j", ask: &ask, run: "r2" }, 3));
        }
    }

    #[test]
    fn a_digest_that_was_shown_is_no_longer_valid_when_the_request_grows() {
        let mut queue = Queue::default();
        let first = held(check(&mut queue, "j", &restart("a"), "r1", 1));
        let second = held(check(&mut queue, "j", &restart("b"), "r1", 1));
        assert!(queue.approve(&first, "root", 2).is_err());
        queue.approve(&second, "root", 2).unwrap();
        for unit in ["b", "a"] {
            assert!(matches!(check(&mut queue, "j", &restart(unit), "r2", 3), Standing::Approved { .. }), "{unit}");
        }
    }

    #[test]
    fn a_job_of_several_steps_comes_to_its_end() {
        let mut queue = Queue::default();
        let one = held(check(&mut queue, "j", &restart("a"), "r1", 1));
        queue.approve(&one, "root", 2).unwrap();
        assert!(matches!(check(&mut queue, "j", &restart("a"), "r2", 3), Standing::Approved { .. }));
        let two = held(check(&mut queue, "j", &restart("b"), "r2", 3));
        assert_eq!(queue.find(&two).unwrap().calls, [restart("a"), restart("b")]);
        queue.approve(&two, "root", 4).unwrap();
        for unit in ["a", "b"] {
            assert!(matches!(check(&mut queue, "j", &restart(unit), "r3", 5), Standing::Approved { .. }), "{unit}");
        }
    }

    #[test]
    fn several_people_are_several_people() {
        let mut queue = Queue::default();
        let rule = ApprovalRule { required: 2, ..ApprovalRule::named("ops") };
        let ask = restart("a");
        let bound = bound("j");
        let digest = held(queue.check(Held { bound: &bound, rule: &rule, job: "j", ask: &ask, run: "r" }, 1));
        assert_eq!(queue.approve(&digest, "ann", 2), Ok(1));
        assert_eq!(queue.approve(&digest, "ann", 2), Ok(1));
        assert_eq!(queue.approve(&digest, "bob", 2), Ok(0));
    }

    #[test]
    fn a_flood_finds_the_queue_full_and_the_oldest_stay() {
        let mut queue = Queue::default();
        let first = held(check(&mut queue, "job 0", &restart("a"), "r", 0));
        for n in 1..10_000 {
            check(&mut queue, &format!("job {n}"), &restart("a"), "r", n);
        }
        assert_eq!(queue.waiting().len(), 10);
        assert_eq!(queue.waiting()[0].0, first);
        assert_eq!(queue.turned_away()["hq"], 9_990);
        let mut other = bound("j");
        other.server = Some("lab".into());
        let (rule, ask) = (ApprovalRule::named("ops"), restart("a"));
        held(queue.check(Held { bound: &other, rule: &rule, job: "j", ask: &ask, run: "r" }, 10_000));
        assert!(serde_json::to_string(&queue).unwrap().len() < 1 << 20);
    }

    #[test]
    fn the_same_job_waits_once() {
        let mut queue = Queue::default();
        let digests: Vec<String> =
            (0..100).map(|n| held(check(&mut queue, "j", &restart("a"), &format!("r{n}"), n))).collect();
        assert!(digests.iter().all(|digest| *digest == digests[0]));
        assert_eq!((queue.waiting().len(), queue.waiting()[0].1.times), (1, 100));
    }

    #[test]
    fn what_waits_and_what_was_approved_expire() {
        let mut queue = Queue::default();
        let digest = held(check(&mut queue, "j", &restart("a"), "r", 0));
        assert!(queue.approve(&digest, "root", 14 * 86_400).is_err());
        let digest = held(check(&mut queue, "j", &restart("a"), "r", 20 * 86_400));
        queue.approve(&digest, "root", 20 * 86_400).unwrap();
        held(check(&mut queue, "j", &restart("a"), "r", 20 * 86_400 + 72 * 3_600));
    }

    #[test]
    fn refused_is_refused_until_it_would_have_expired() {
        let mut queue = Queue::default();
        let digest = held(check(&mut queue, "j", &restart("a"), "r", 0));
        queue.refuse(&digest, "ann", 1).unwrap();
        assert_eq!(check(&mut queue, "j", &restart("a"), "r", 2), Standing::Refused { by: "ann".into() });
        assert!(queue.waiting().is_empty());
        held(check(&mut queue, "j", &restart("a"), "r", 15 * 86_400));
    }

    #[test]
    fn a_short_digest_names_nothing() {
        let mut queue = Queue::default();
        let digest = held(check(&mut queue, "j", &restart("a"), "r", 0));
        assert!(queue.find(&digest[..15]).is_err() && queue.find("").is_err() && queue.find("zz").is_err());
        assert!(queue.find(&digest[..16]).is_ok());
    }

    #[test]
    fn one_job_cannot_fill_the_queue_with_calls() {
        let mut queue = Queue::default();
        for n in 0..MOST_CALLS {
            held(check(&mut queue, "j", &restart(&format!("u{n}")), "r", 0));
        }
        assert!(matches!(check(&mut queue, "j", &restart("one more"), "r", 0), Standing::TurnedAway(_)));
        assert!(matches!(check(&mut queue, "k", &restart(&"x".repeat(MOST_BYTES)), "r", 0), Standing::TurnedAway(_)));
        assert_eq!(queue.waiting().len(), 1);
    }

    #[test]
    fn a_long_job_is_kept_in_part_and_said_whole() {
        let mut queue = Queue::default();
        let job = "ä".repeat(MOST_BYTES);
        let digest = held(check(&mut queue, &job, &restart("a"), "r", 0));
        let request = queue.find(&digest).unwrap();
        assert_eq!((request.job_text.len(), request.job_bytes), (MOST_BYTES, 2 * MOST_BYTES as u64));
    }
}
