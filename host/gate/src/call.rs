//! A host call as data: what policy decides on, what the audit keeps, what a recording will replay.

use crate::policy::View;
use crate::{CallError, Native};
use airlock_model::Section;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::future::Future;

/// What a call does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Belongs to the run itself: its log, its clock, its report. Counted, not recorded one by one.
    Run,
    /// Looks at the machine or the network.
    Read,
    /// Changes the machine.
    Change,
    /// Sends something elsewhere.
    Send,
}

/// What the rules of the policy are matched against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The run itself.
    Run,
    /// Sections of the inventory, all of which must be granted.
    Sections(Vec<&'static Section>),
}

/// A capability call. Each is one struct, with what it is about in its fields.
pub trait HostCall: Serialize + DeserializeOwned + PartialEq + Debug + Send + Sync {
    type Reply: Serialize + DeserializeOwned + Send;

    /// The verb of the policy, e.g. `inventory.read`.
    const CAPABILITY: &'static str;
    const EFFECT: Effect;

    /// What the call is about, or why it makes no sense.
    fn subject(&self) -> Result<Subject, CallError>;

    /// Bytes that the call carries from the task; taken from the run's allowance before anything happens.
    fn size(&self) -> u64 {
        0
    }

    /// Bytes that a reply carries to the task.
    fn reply_size(_reply: &Self::Reply) -> u64 {
        0
    }

    /// Takes out of a reply what the matching grant does not show.
    fn redact(_subject: &Subject, _reply: &mut Self::Reply, _view: &View) {}

    /// What the audit says of a reply, in a few words.
    fn outcome(_reply: &Self::Reply) -> String {
        "ok".to_owned()
    }

    /// Does it. Only a [`crate::Gate`] calls this.
    fn run(self, native: &Native) -> impl Future<Output = Result<Self::Reply, CallError>> + Send;
}
