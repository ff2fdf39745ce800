//! Policy, allowances, audit, answer: in this order, for every call.

use crate::audit::{Counters, Decision, Entry, Opening};
use crate::calls::Log;
use crate::calls::registry::ask_of;
use crate::cassette::Exchange;
use crate::deploy::AsTheyCame;
use crate::guards::{Counters as _, Guards, InMemory};
use crate::judge::{Judged, Wanted, spent};
use crate::limits::Meter;
use crate::notes::{Notes, Refused};
use crate::policy::{Refusal, Verdict};
use crate::probing::Learnt;
use crate::terms::{Counted, Period, Terms};
use crate::{
    Ask, Audit, CallError, Code, Denial, Effect, HostCall, Limits, Plan, Policy, Reason, Scope, Source, Verb, Withheld,
};
use airlock_model::Incomplete;
use serde::Serialize;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The one way from a task to the world, for one run.
pub struct Gate {
    pub(crate) policy: Arc<Policy>,
    pub(crate) guards: Guards,
    /// Allowances of this run alone.
    pub(crate) spent_by_run: InMemory,
    pub(crate) audit: Arc<Audit>,
    limits: Limits,
    /// What a dry run would have done.
    planned: Plan,
    pub(crate) source: Source,
    meter: Meter,
    pub(crate) notes: Notes,
    pub(crate) learnt: Learnt,
    pub(crate) as_they_came: AsTheyCame,
}

/// What a run has spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Spending {
    pub calls: u64,
    pub bytes: u64,
    /// Lines of the task's log that were over its allowance.
    pub log_dropped: u64,
}

impl Gate {
    /// Several gates may share one audit: the units of one job are one run in it.
    pub fn new(policy: Arc<Policy>, limits: Limits, audit: impl Into<Arc<Audit>>, source: Source) -> Self {
        let audit = audit.into();
        Self {
            policy,
            guards: Guards::default(),
            spent_by_run: InMemory::default(),
            audit,
            limits,
            planned: Plan::default(),
            source,
            meter: Meter::default(),
            notes: Notes::default(),
            learnt: Learnt::default(),
            as_they_came: AsTheyCame::default(),
        }
    }

    /// With what the owner's files say beside the policy: stops, allowances over time, approvals, a policy that changes.
    #[must_use]
    pub fn guarded(self, guards: Guards) -> Self {
        Self { guards, ..self }
    }

    /// The names of the credentials that the policy grants for a device, in the order in which they are tried.
    pub(crate) fn credentials_for(&self, address: IpAddr, port: u16) -> Vec<String> {
        let oids = vec![crate::calls::FIRST_QUESTION.to_owned()];
        let ask = Ask { addresses: vec![address], port: Some(port), oids, ..Ask::new(Verb::SnmpRead) };
        let now = self.guards.counters.now();
        match &self.guards.credentials {
            None => self.policy.credentials_for(&ask, now),
            Some(names) => match self.policy.usable(names, &ask, now) {
                // None may be used there: the first one is asked about, so that the record says why.
                usable if usable.is_empty() => names.iter().take(1).cloned().collect(),
                usable => usable,
            },
        }
    }

    /// Decides on a call and, if it is allowed, has it answered.
    pub async fn call<C: HostCall>(&self, call: C) -> Result<C::Reply, CallError> {
        self.meter.take(&self.limits, call.size())?;
        let ask = match call.ask() {
            Ok(ask) => ask,
            Err(error) => return Err(self.nonsense(C::NAME, None, error)),
        };
        let effect = call.effect(&ask);
        let judged = match C::ONLY_LOOKS {
            true => self.consider(&ask, effect, &Wanted::default()),
            false => {
                let wanted = Wanted { approvable: call.approvable(&ask), can_wait: C::CAN_WAIT };
                self.judge(&ask, effect, &wanted).await
            }
        };
        let allowed = match judged {
            Ok(Judged { simulated: true, allowed, .. }) => return self.simulated(&call, &ask, &allowed.scope),
            Ok(Judged { allowed, .. }) => allowed,
            Err(refusal) => return Err(self.denied(&call, &ask, &refusal)),
        };
        let entry = self.open(&call, &ask, effect, Decision::Allow { rule: &allowed.rule });
        // Looked at behind the record: this one may be the first that could not be written.
        if self.audit.is_broken() && matches!(effect, Effect::Change | Effect::Send) {
            self.audit.close(entry, Err("not done"));
            return Err(self.denied(&call, &ask, &Refusal::of(Code::AuditUnavailable)));
        }
        if effect == Effect::Change
            && !matches!(self.source, Source::Rehearse(..))
            && let Err(why) = self.guards.changes.about_to(C::NAME, &ask)
        {
            self.audit.close(entry, Err(&why));
            return Err(self.denied(&call, &ask, &Refusal::new(Code::AuditUnavailable, why)));
        }
        let mut allowed = allowed;
        if C::WEIGHED {
            let left = self.bytes_left(&allowed.terms);
            let granted = allowed.scope.max_bytes.filter(|_| C::BOUND_BY_GRANT);
            allowed.scope.max_bytes = granted.into_iter().chain(left).min();
        }
        let scope = &allowed.scope;
        let answer = self.source.answer(call.clone(), scope).await.and_then(|mut reply| {
            let whole = self.source.whole::<C>(&reply);
            C::redact(&ask, &mut reply, scope);
            if let Some(whole) = whole {
                self.source.shown(&call, &whole, &reply);
            }
            self.meter.take_bytes(&self.limits, C::reply_size(&reply)).map(|()| reply)
        });
        let answer = match answer {
            Ok(reply) if C::WEIGHED => self.draw_bytes(&allowed.terms, C::weight(&reply)).map(|()| reply),
            answer => answer,
        };
        match answer {
            Ok(reply) => {
                if let Some((section, why)) = call.missing(&reply) {
                    self.notes.missing(section, why);
                }
                self.audit.close(entry, Ok(&C::outcome(&reply)));
                Ok(reply)
            }
            Err(CallError::Refused(code)) => {
                self.audit.close(entry, Err("refused"));
                Err(self.denied(&call, &ask, &Refusal::of(code)))
            }
            Err(CallError::Unfit { code, why }) => {
                self.audit.close(entry, Err("refused"));
                let decision = Decision::Deny { code: code.name(), why: &why };
                let entry = self.open(&call, &ask, effect, decision);
                self.notes.refused(&call, code, entry.number);
                Err(CallError::Failed(why))
            }
            Err(error) => {
                self.audit.close(entry, Err(&error.to_string()));
                Err(error)
            }
        }
    }

    /// What is left of this run's allowances of bytes; none where there are none.
    fn bytes_left(&self, terms: &Terms) -> Option<u64> {
        let of_run = terms.allowances.iter().filter(|a| a.counted == Counted::Bytes && a.period == Period::Run);
        of_run.map(|allowance| self.spent_by_run.left(allowance)).min()
    }

    /// Draws bytes that are known only now.
    fn draw_bytes(&self, terms: &Terms, bytes: u64) -> Result<(), CallError> {
        let ask = Ask { bytes: Some(bytes), ..Ask::default() };
        let bytes_of = |terms: &Terms| Terms {
            allowances: terms.allowances.iter().filter(|a| a.counted == Counted::Bytes).cloned().collect(),
            ..terms.clone()
        };
        let draws = Guards::draws(&bytes_of(terms), &ask);
        let (of_run, kept): (Vec<_>, Vec<_>) = draws.into_iter().partition(|draw| draw.period == Period::Run);
        let taken = self.guards.counters.take(&kept).and_then(|()| self.spent_by_run.take(&of_run));
        taken.map_err(|full| CallError::Refused(spent(&full).code))
    }

    /// A line of the task's log: over the allowance it is counted, and the task is told nothing.
    pub async fn log(&self, line: Log) -> Result<(), CallError> {
        if !self.meter.take_log(&self.limits, line.size()) {
            return self.meter.take(&self.limits, 0).or_else(only_overrun);
        }
        self.call(line).await.or_else(only_overrun)
    }

    /// Calls that were refused so far, up to a bound: the audit has them all.
    pub fn refused(&self) -> Vec<Refused> {
        self.notes.all_refused()
    }

    /// The name of the credential that a device answered to, if one did.
    pub fn answered(&self) -> Option<String> {
        self.notes.who_answered()
    }

    /// What the answers so far said is missing from them.
    pub fn incomplete(&self) -> Vec<Incomplete> {
        self.notes.incomplete()
    }

    /// Of a replay: what the policy keeps back of the recording, and answers that it would have shown and nobody asked
    /// for. Of everything else: nothing.
    pub fn leftovers(&self) -> (Vec<Withheld>, Vec<Exchange>) {
        let Source::Replay(_, replay) = &self.source else { return (vec![], vec![]) };
        let (mut withheld, mut unused) = (replay.withheld(), Vec::new());
        for exchange in replay.unused() {
            match ask_of(&exchange.name, &exchange.call).map(|ask| self.decide(&ask)) {
                Some(Verdict::Deny(Refusal { code, .. })) => {
                    let (name, call) = (exchange.name, exchange.call);
                    withheld.push(Withheld { name, call, parts: vec![], code: Some(code) });
                }
                _ => unused.push(exchange),
            }
        }
        (withheld, unused)
    }

    /// A dry run: the record says what would have been done, and the task gets the answer that a plan has. What cannot be
    /// planned, because it asks somebody else, is refused.
    fn simulated<C: HostCall>(&self, call: &C, ask: &Ask, scope: &Scope) -> Result<C::Reply, CallError> {
        let error = self.denied(call, ask, &Refusal::of(Code::WouldAllow));
        self.planned.add(call.intent(scope));
        call.planned().ok_or(error)
    }

    /// What a dry run would have done.
    pub fn planned(&self) -> Vec<String> {
        self.planned.steps()
    }

    /// Writes the record of the run's end and says what it spent.
    pub fn end(&self, how: &str) -> Spending {
        let spent = self.spent();
        self.audit.end(how, &spent);
        spent
    }

    /// What was spent so far. Of gates that share an audit, whoever made them writes one end for all ([`Audit::end`]).
    pub fn spent(&self) -> Spending {
        Spending {
            calls: self.meter.calls.load(Ordering::Relaxed),
            bytes: self.meter.bytes.load(Ordering::Relaxed),
            log_dropped: self.meter.log_dropped.load(Ordering::Relaxed),
        }
    }

    /// What makes no sense before any rule is asked is a call all the same, made outside [`Gate::call`].
    pub(crate) fn senseless<C: Serialize>(&self, name: &str, call: &C, error: CallError) -> CallError {
        self.meter
            .take(&self.limits, 0)
            .err()
            .unwrap_or_else(|| self.nonsense(name, serde_json::to_string(call).ok(), error))
    }

    /// A call with an argument that makes no sense has its record too: probing leaves a trace. The task is told what is
    /// wrong with what it said, which is nothing that it did not know.
    fn nonsense(&self, name: &str, detail: Option<String>, error: CallError) -> CallError {
        if let CallError::Invalid(why) = &error {
            let decision = Decision::Deny { code: Code::BadArgument.name(), why };
            let ask = &Ask::run();
            let counters = self.counters();
            self.audit.open(&Opening { call: name, verb: name, effect: Effect::Run, ask, detail, decision, counters });
        }
        error
    }

    /// The task learns that it was refused, and nothing of why: a refusal must not be an oracle.
    fn denied<C: HostCall>(&self, call: &C, ask: &Ask, refusal: &Refusal) -> CallError {
        let decision = Decision::Deny { code: refusal.code.name(), why: &refusal.why };
        let entry = self.open(call, ask, call.effect(ask), decision);
        self.source.denied(call, refusal.code);
        self.notes.refused(call, refusal.code, entry.number);
        // What waits may be asked again later; whoever said no said it for good.
        let reason = match refusal.code {
            Code::Approval => Reason::NotApproved,
            Code::NotApproved => Reason::Forbidden,
            _ => Reason::NotGranted,
        };
        let capability = verb_of::<C>(ask).to_owned();
        CallError::Denied(Denial { audit: entry.number, capability, reason })
    }

    fn counters(&self) -> Counters {
        let (calls, bytes) = (self.meter.calls.load(Ordering::Relaxed), self.meter.bytes.load(Ordering::Relaxed));
        Counters { calls, bytes }
    }

    fn open<C: HostCall>(&self, call: &C, ask: &Ask, effect: Effect, decision: Decision<'_>) -> Entry {
        let (call, verb, detail, counters) = (C::NAME, verb_of::<C>(ask), call.detail(), self.counters());
        self.audit.open(&Opening { call, verb, effect, ask, detail, decision, counters })
    }
}

impl Spending {
    /// This and that together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            bytes: self.bytes.saturating_add(other.bytes),
            log_dropped: self.log_dropped.saturating_add(other.log_dropped),
        }
    }
}

/// The verb of the policy; a call of the run itself has none, and goes by its own name.
fn verb_of<C: HostCall>(ask: &Ask) -> &'static str {
    ask.verb.map_or(C::NAME, Verb::name)
}

/// A task's log cannot fail, but a flood of lines ends the run.
fn only_overrun(error: CallError) -> Result<(), CallError> {
    if matches!(error, CallError::Overrun { .. }) { Err(error) } else { Ok(()) }
}
