//! Where answers come from.

use crate::{CallError, HostCall, Native, Scope};

/// The only thing that differs between a run, a recording of one, a replay and a rehearsal.
#[non_exhaustive]
pub enum Source {
    /// The machine itself.
    Live(Native),
}

impl Source {
    pub(crate) async fn answer<C: HostCall>(&self, call: C, scope: &Scope) -> Result<C::Reply, CallError> {
        match self {
            Source::Live(native) => call.run(native, scope).await,
        }
    }
}
