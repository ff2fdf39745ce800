//! The decision on a call, in the order of the policy language: kill switch, policy (the one that the run began with, and
//! the one of now), allowances, approval, dry run. A quota that is used up refuses; a rate lets the call wait.

use crate::approvals::{Approvable, Held, How, Standing};
use crate::counters::Draw;
use crate::gate::Gate;
use crate::guards::{Counters as _, Guards, NoRoom};
use crate::narrow;
use crate::policy::{Allowed, Refusal, Verdict};
use crate::stop::Stop;
use crate::terms::{ApprovalRule, Mode, Period};
use crate::{Ask, Code, Effect, Source};

/// A call that may go through.
pub(crate) struct Judged {
    pub(crate) allowed: Box<Allowed>,
    /// It is only planned.
    pub(crate) simulated: bool,
    draws: Vec<Draw>,
}

/// What a call wants of people.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) approvable: Option<Approvable>,
    /// [`crate::HostCall::CAN_WAIT`]
    pub(crate) can_wait: bool,
}

impl Gate {
    /// Decides on a call, waits where it comes too fast, and takes what it draws. Whoever runs a task drops this at the
    /// run's deadline, or when the owner stops it.
    pub(crate) async fn judge(&self, ask: &Ask, effect: Effect, wanted: &Wanted) -> Result<Judged, Refusal> {
        let mut judged = self.consider(ask, effect, wanted)?;
        if judged.draws.is_empty() && judged.allowed.terms.approvals.is_empty() {
            return Ok(judged);
        }
        if self.pace(&judged.draws).await.map_err(|no_room| spent(&no_room))? {
            // The owner may have stopped it meanwhile, or a window closed.
            judged = self.consider(ask, effect, wanted)?;
        }
        self.approved(&judged.allowed, wanted)?;
        // Another process may have drawn on them in between.
        let (kept, of_run) = quotas(&judged.draws);
        self.guards.counters.take(&kept).and_then(|()| self.spent_by_run.take(&of_run)).map_err(|full| spent(&full))?;
        Ok(judged)
    }

    /// What is waited for, a second's worth at a time: a call may well be more. True: it was waited.
    async fn pace(&self, draws: &[Draw]) -> Result<bool, NoRoom> {
        let counters = &self.guards.counters;
        let mut waited = false;
        for draw in draws.iter().filter(|draw| draw.is_rate()) {
            let mut left = draw.amount;
            while left > 0 {
                let portion = Draw { amount: left.min(draw.most.max(1)), ..draw.clone() };
                match counters.take(std::slice::from_ref(&portion)) {
                    Ok(()) => left -= portion.amount,
                    Err(NoRoom::Full(full)) if full.resets.is_some() => {
                        let now = u64::try_from(counters.now().as_millisecond()).unwrap_or(0);
                        counters.wait(full.resets.unwrap_or(now).saturating_sub(now).clamp(1, 1_000)).await;
                        waited = true;
                    }
                    Err(no_room) => return Err(no_room),
                }
            }
        }
        Ok(waited)
    }

    pub(crate) fn consider(&self, ask: &Ask, effect: Effect, wanted: &Wanted) -> Result<Judged, Refusal> {
        let guards = &self.guards;
        if effect != Effect::Run
            && let Some(stop) = guards.stopped(|stop, server| stop.covers(server, effect))
        {
            return Err(Refusal { code: Code::Killed, why: killed(&stop) });
        }
        let mut allowed = match self.decide(ask) {
            Verdict::Allow(allowed) => allowed,
            Verdict::Deny(refusal) => {
                self.observe(ask);
                return Err(refusal);
            }
        };
        if allowed.terms.mode == Mode::Observe {
            self.observe(ask);
        }
        if effect == Effect::Change
            && let Some(why) = guards.current.unsafe_because()
        {
            return Err(Refusal { code: Code::UnsafePolicy, why });
        }
        let draws = Guards::draws(&allowed.terms, ask);
        let (kept, of_run) = quotas(&draws);
        guards.counters.room(&kept).and_then(|()| self.spent_by_run.room(&of_run)).map_err(|full| spent(&full))?;
        let simulated =
            allowed.terms.mode == Mode::DryRun && matches!(effect, Effect::Change | Effect::Network | Effect::Ask);
        if wanted.approvable.is_none() {
            allowed.terms.approvals.clear();
        }
        let is_rehearsal = matches!(self.source, Source::Rehearse(..));
        if simulated || (ask.effect() == Effect::Change && is_rehearsal) {
            // Nothing is changed or sent: nobody has to approve it, and nothing is used up.
            if guards.asks_ahead {
                self.ask_ahead(&allowed, wanted);
            }
            allowed.terms.approvals.clear();
            return Ok(Judged { allowed, simulated, draws: Vec::new() });
        }
        if is_rehearsal && wanted.can_wait && !allowed.terms.approvals.is_empty() {
            allowed.scope.is_awaited = !(guards.asks_ahead && self.ask_ahead(&allowed, wanted));
            allowed.terms.approvals.clear();
        }
        Ok(Judged { allowed, simulated, draws })
    }

    /// What the policy says of a call: the one that the run began with, and the one of now if it has changed.
    pub(crate) fn decide(&self, ask: &Ask) -> Verdict {
        let now = self.guards.counters.now();
        let start = self.policy.decide(ask, now);
        match self.guards.current.changed() {
            Some(current) => narrow::both(start, current.decide(ask, now)),
            None => start,
        }
    }

    fn observe(&self, ask: &Ask) {
        if ask.verb.is_some() {
            self.guards.observer.asked(&self.guards.asker, ask);
        }
    }

    /// A rehearsal of what a person has to approve: all of it is asked for before any of it is done. Whether it was
    /// approved before.
    fn ask_ahead(&self, allowed: &Allowed, wanted: &Wanted) -> bool {
        let Some(approvable) = &wanted.approvable else { return true };
        let standings = allowed.terms.approvals.iter().map(|rule| self.standing(rule, approvable));
        // Each of them is asked.
        standings.filter(|standing| !matches!(standing, Standing::Approved { .. })).count() == 0
    }

    /// How things stand with a call under one of its approvals, which is asked for where nobody has answered yet.
    pub(crate) fn standing(&self, rule: &ApprovalRule, approvable: &Approvable) -> Standing {
        let guards = &self.guards;
        let how = How::of(approvable.is_look, matches!(self.source, Source::Rehearse(..)));
        let (ask, or, run) = (&approvable.ask, approvable.or.as_ref(), self.audit.run());
        guards.approvals.check(Held { bound: &guards.bound.under(rule), rule, job: &guards.job, ask, or, run, how })
    }

    fn approved(&self, allowed: &Allowed, wanted: &Wanted) -> Result<(), Refusal> {
        let Some(approvable) = &wanted.approvable else { return Ok(()) };
        for rule in &allowed.terms.approvals {
            let name = &rule.name;
            let (code, why) = match self.standing(rule, approvable) {
                Standing::Approved { .. } => continue,
                Standing::Held { digest } => {
                    (Code::Approval, format!("waits for the approval {name:?}: airlock jobs approve {digest}"))
                }
                Standing::Refused { by } => (Code::NotApproved, format!("the approval {name:?} was refused by {by}")),
                Standing::TurnedAway(why) => (Code::NotApproved, format!("needs the approval {name:?}, and {why}")),
            };
            return Err(Refusal { code, why });
        }
        Ok(())
    }

    /// The stop that ends this run, if the owner has stopped it. Whoever runs a task looks here until it is done.
    pub fn stopped(&self) -> Option<String> {
        self.guards.stopped(Stop::ends).map(|stop| killed(&stop))
    }
}

pub(crate) fn killed(stop: &Stop) -> String {
    format!("stopped by the owner ({stop}); airlock stop --resume lets it go on")
}

/// What is counted over time and what for this run; rates are waited for.
fn quotas(draws: &[Draw]) -> (Vec<Draw>, Vec<Draw>) {
    draws.iter().filter(|draw| !draw.is_rate()).cloned().partition(|draw| draw.period != Period::Run)
}

pub(crate) fn spent(no_room: &NoRoom) -> Refusal {
    let code = match no_room {
        NoRoom::Full(full) if full.period == Period::Second => Code::Rate,
        NoRoom::Full(_) | NoRoom::Unknown(_) => Code::Quota,
    };
    Refusal { code, why: no_room.to_string() }
}
