//! Whether a document may leave for a server: the same order as for a call of a task (kill switch, policy, allowances),
//! for what the agent itself sends at the end of a run.

use crate::guards::Guards;
use crate::judge::{killed, spent};
use crate::policy::{Allowed, Refusal, Verdict};
use crate::{Ask, Code, Effect, Policy, Verb};

/// Decides on a report of so many bytes, and takes them from what may be sent in a day (`egress_mb_per_day`,
/// `max_bytes_per_day`). What is allowed names the redaction profiles to apply before.
pub fn may_send(policy: &Policy, guards: &Guards, bytes: u64) -> Result<Box<Allowed>, Refusal> {
    if let Some(stop) = guards.stopped(|stop, server| stop.covers(server, Effect::Send)) {
        return Err(Refusal::new(Code::Killed, killed(&stop)));
    }
    let ask = Ask { bytes: Some(bytes), ..Ask::new(Verb::ReportSend) };
    let allowed = match policy.decide(&ask, guards.counters.now()) {
        Verdict::Allow(allowed) => allowed,
        Verdict::Deny(refusal) => return Err(refusal),
    };
    guards.counters.take(&Guards::draws(&allowed.terms, &ask)).map_err(|no_room| spent(&no_room))?;
    Ok(allowed)
}
