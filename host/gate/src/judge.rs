//! The decision on a call, in the order of the policy language: kill switch, policy (the one that the run began with, and
//! the one of now), allowances, approval, dry run.

use crate::approvals::{Bound, Held, Standing};
use crate::gate::Gate;
use crate::guards::{Counters, Guards, NoRoom};
use crate::narrow;
use crate::policy::{Allowed, Refusal, Verdict};
use crate::stop::Stop;
use crate::terms::{Counted, Mode, Period};
use crate::{Ask, Code, Effect, Source};

/// A call that may go through.
pub(crate) struct Judged {
    pub(crate) allowed: Box<Allowed>,
    /// It is only planned.
    pub(crate) simulated: bool,
}

impl Gate {
    pub(crate) fn judge(&self, ask: &Ask, effect: Effect) -> Result<Judged, Refusal> {
        let guards = &self.guards;
        if effect != Effect::Run
            && let Some(stop) = guards.stopped(|stop, server| stop.covers(server, effect))
        {
            return Err(Refusal { code: Code::Killed, why: killed(&stop) });
        }
        let allowed = match self.decide(ask) {
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
        let (kept, of_run): (Vec<_>, Vec<_>) = draws.into_iter().partition(|draw| draw.period != Period::Run);
        let of_run = |take: bool| {
            let ledger = &self.spent_by_run;
            if take { ledger.take(&of_run) } else { ledger.room(&of_run) }
        };
        guards.counters.room(&kept).and_then(|()| of_run(false)).map_err(|no_room| spent(&no_room))?;
        if allowed.terms.mode == Mode::DryRun && matches!(effect, Effect::Change | Effect::Network | Effect::Ask) {
            return Ok(Judged { allowed, simulated: true });
        }
        if effect == Effect::Change && matches!(self.source, Source::Rehearse(..)) {
            // Nothing is changed: nobody has to approve it, and nothing is used up.
            return Ok(Judged { allowed, simulated: false });
        }
        self.approved(&allowed, ask)?;
        // Another process may have drawn on them in between.
        guards.counters.take(&kept).and_then(|()| of_run(true)).map_err(|no_room| spent(&no_room))?;
        Ok(Judged { allowed, simulated: false })
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

    fn approved(&self, allowed: &Allowed, ask: &Ask) -> Result<(), Refusal> {
        for rule in &allowed.terms.approvals {
            let guards = &self.guards;
            let bound = Bound { approval: rule.name.clone(), ..guards.bound.clone() };
            let held = Held { bound: &bound, rule, job: &guards.job, ask, run: self.audit.run() };
            let name = &rule.name;
            let why = match guards.approvals.check(held) {
                Standing::Approved { .. } => continue,
                Standing::Held { digest } => {
                    format!("waits for the approval {name:?}: airlock requests approve {digest}")
                }
                Standing::Refused { by } => format!("the approval {name:?} was refused by {by}"),
                Standing::TurnedAway(why) => format!("needs the approval {name:?}, and {why}"),
            };
            return Err(Refusal { code: Code::Approval, why });
        }
        Ok(())
    }

    /// The stop that ends this run, if the owner has stopped it. Whoever runs a task looks here until it is done.
    pub fn stopped(&self) -> Option<String> {
        self.guards.stopped(Stop::ends).map(|stop| killed(&stop))
    }
}

fn killed(stop: &Stop) -> String {
    format!("stopped by the owner ({stop}); airlock stop --resume lets it go on")
}

fn spent(no_room: &NoRoom) -> Refusal {
    let code = match no_room {
        NoRoom::Full(full) if full.counted == Counted::Packets || full.period == Period::Second => Code::Rate,
        NoRoom::Full(_) | NoRoom::Unknown(_) => Code::Quota,
    };
    Refusal { code, why: no_room.to_string() }
}
