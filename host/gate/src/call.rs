//! A host call as data: what policy decides on, what the audit keeps, what a recording replays.

use crate::approvals::Approvable;
use crate::{Ask, CallError, Effect, Native, Scope};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::future::Future;

/// A capability call. Each is one struct, with what it is about in its fields.
pub trait HostCall: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync {
    type Reply: Serialize + DeserializeOwned + Clone + Send;

    /// What the audit and recordings call it, e.g. `facts.read`.
    const NAME: &'static str;

    /// Whether its answer comes from the machine, and so belongs into a recording. What a run says (its log, its report)
    /// is no answer.
    const RECORDED: bool = true;

    /// What the call asks of the policy, or why it makes no sense.
    fn ask(&self) -> Result<Ask, CallError>;

    /// What it does to the world; the verb's own effect unless a call says otherwise.
    fn effect(&self, ask: &Ask) -> Effect {
        ask.effect()
    }

    /// It says what another call would do, and is allowed where that one is: nobody has to approve it, and it draws on no
    /// allowance, for that one will.
    const ONLY_LOOKS: bool = false;

    /// What a person is asked for, where a grant wants a person's approval. None: it is nothing to be asked about.
    fn approvable(&self, ask: &Ask) -> Option<Approvable> {
        Some(Approvable::of(ask))
    }

    /// Whether a rehearsal goes on where a person has to approve the call first: nobody is asked for anything then
    /// ([`Scope::is_awaited`]), and what would have come is taken to be there.
    const CAN_WAIT: bool = false;

    /// Bytes that the call carries from the task; taken from the run's allowance before anything happens.
    fn size(&self) -> u64 {
        0
    }

    /// Bytes that a reply carries to the task.
    fn reply_size(_reply: &Self::Reply) -> u64 {
        0
    }

    /// Whether a rehearsal does it too, where its port only plans it and says so in the plan itself.
    const REHEARSED: bool = false;

    /// Whether the bytes that it comes to are known only once it is done: it gets no more room than is left of the run's
    /// allowance, and what it took ([`HostCall::weight`]) is drawn behind it.
    const WEIGHED: bool = false;

    /// Whether the bytes of a [`HostCall::WEIGHED`] call are also those of which its grant takes so many (`max_bytes`).
    const BOUND_BY_GRANT: bool = true;

    /// Bytes that were written for a [`HostCall::WEIGHED`] call.
    fn weight(_reply: &Self::Reply) -> u64 {
        0
    }

    /// Takes out of a reply what the matching grant does not show.
    fn redact(_ask: &Ask, _reply: &mut Self::Reply, _scope: &Scope) {}

    /// What the audit should know of the call beyond what it asks, in a few words: never what is sent or written.
    fn detail(&self) -> Option<String> {
        None
    }

    /// What the audit says of a reply, in a few words.
    fn outcome(_reply: &Self::Reply) -> String {
        "ok".to_owned()
    }

    /// What a rehearsal answers in place of a change; none for a call that only looks.
    fn planned(&self) -> Option<Self::Reply> {
        None
    }

    /// What the rehearsal says that it would have done: `write /opt/x (312 bytes)`.
    fn intent(&self, _scope: &Scope) -> String {
        Self::NAME.to_owned()
    }

    /// What the reply says is missing: the section, and why in words for people.
    fn missing<'a>(&'a self, _reply: &'a Self::Reply) -> Option<(&'a str, &'a [String])> {
        None
    }

    /// Does it, within `scope`. Only a [`crate::Gate`] calls this.
    fn run(self, native: &Native, scope: &Scope) -> impl Future<Output = Result<Self::Reply, CallError>> + Send;
}
