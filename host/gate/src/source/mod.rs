//! Where answers come from: the only thing that differs between a run, a recording of one, a replay and a rehearsal.
//! Policy, allowances and audit stand before all of them and do not know which it is.

mod difference;
mod overlay;
mod plan;
mod planned;
mod recorder;
mod replay;
mod withheld;

pub use plan::Plan;
pub use recorder::Recorder;
pub use replay::{Missed, Replay};
pub use withheld::Withheld;

use crate::{CallError, Code, HostCall, Native, Scope};
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;

#[non_exhaustive]
pub enum Source {
    /// The machine itself, or a mock of one.
    Live(Native),
    /// The machine itself; what it answers is kept.
    Record(Native, Arc<Recorder>),
    /// A recording. The machine is asked nothing: of it only the report and the log are used.
    Replay(Native, Arc<Replay>),
    /// The machine itself is looked at; changes are only planned.
    Rehearse(Native, Arc<Plan>),
}

impl Source {
    /// A rehearsal in which a deployment goes its whole way: what it would change on the machine is kept beside it, and
    /// planned. `fetches` has parts of packages downloaded; without, or where a person has to approve that first, a file is
    /// taken to come, and what would be done with it is planned as far as that can be known (`after download: …`).
    pub fn rehearsal(native: Native, plan: Arc<Plan>, fetches: bool) -> Self {
        let deploy = Arc::new(overlay::Overlay::new(native.deploy, Arc::clone(&plan), fetches));
        Source::Rehearse(Native { deploy, ..native }, plan)
    }

    pub(crate) async fn answer<C: HostCall>(&self, call: C, scope: &Scope) -> Result<C::Reply, CallError> {
        match self {
            Source::Live(native) => call.run(native, scope).await,
            Source::Record(native, recorder) if C::RECORDED => {
                let answer = call.clone().run(native, scope).await;
                recorder.keep(&call, &answer);
                answer
            }
            Source::Replay(_, replay) if C::RECORDED => replay.answer(&call),
            Source::Record(native, _) | Source::Replay(native, _) => call.run(native, scope).await,
            Source::Rehearse(native, plan) => match call.planned() {
                Some(reply) if !(C::REHEARSED && native.deploy.is_rehearsal()) => {
                    plan.add(call.intent(scope));
                    Ok(reply)
                }
                _ => call.run(native, scope).await,
            },
        }
    }

    /// Has a rehearsal's plan say what would be done; false where this is none.
    pub(crate) fn plan(&self, intent: impl FnOnce() -> String) -> bool {
        let Source::Rehearse(_, plan) = self else { return false };
        plan.add(intent());
        true
    }

    /// Whether a file of the job's folder would be there, once it is downloaded.
    pub(crate) fn awaits(&self, file: &str) -> bool {
        matches!(self, Source::Rehearse(native, _) if native.deploy.awaits(file))
    }

    /// Something at this address has answered: of no consequence but to how long others wait.
    pub(crate) fn answered(&self, address: IpAddr) {
        if let Source::Live(native) | Source::Record(native, _) = self {
            native.probe.answered(address);
        }
    }

    /// A call that was not let through has no answer to keep; that it was made is worth knowing.
    pub(crate) fn denied<C: HostCall>(&self, call: &C, code: Code) {
        match self {
            Source::Record(_, recorder) => recorder.denied(call, code),
            Source::Replay(_, replay) => replay.denied(call, code),
            Source::Live(_) | Source::Rehearse(..) => {}
        }
    }

    /// The whole answer, where somebody wants to know what a policy takes out of it.
    pub(crate) fn whole<C: HostCall>(&self, reply: &C::Reply) -> Option<Value> {
        matches!(self, Source::Replay(..)).then(|| serde_json::to_value(reply).ok()).flatten()
    }

    /// What of a whole answer was shown.
    pub(crate) fn shown<C: HostCall>(&self, call: &C, whole: &Value, reply: &C::Reply) {
        if let (Source::Replay(_, replay), Ok(shown)) = (self, serde_json::to_value(reply)) {
            replay.shown(call, whole, &shown);
        }
    }
}
