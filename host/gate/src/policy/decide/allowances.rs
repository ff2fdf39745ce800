//! Limits of a policy as what the gate counts. What bounds a single run (processor, memory, calls of the host) is no
//! allowance: whoever runs the task asks for it by [`super::Policy::limit`].

use crate::policy::limits::{Limit, LimitKey};
use crate::terms::{Allowance, Counted, Period, Shared};
use crate::{Effect, Verb};

/// What of a call of this verb is counted for a limit of this kind, in which period, in which unit; none when it draws
/// nothing on it.
fn counted(key: LimitKey, verb: Verb) -> Option<(Counted, Period, u64)> {
    let network = verb.effect() == Effect::Network;
    let writes = matches!(verb, Verb::FilesWrite | Verb::PkgFetch | Verb::P2pFetch | Verb::PkgInstall);
    Some(match key {
        LimitKey::NetPps if network => (Counted::Packets, Period::Second, 1),
        LimitKey::NewHostsPerDay if network => (Counted::Hosts, Period::Day, 1),
        LimitKey::EgressMbPerDay if verb == Verb::ReportSend => (Counted::Bytes, Period::Day, 1_000_000),
        LimitKey::DiskMb if writes => (Counted::Bytes, Period::Run, 1_000_000),
        LimitKey::Pps => (Counted::Packets, Period::Second, 1),
        LimitKey::MaxHostsPerDay => (Counted::Hosts, Period::Day, 1),
        LimitKey::PerHour => (Counted::Calls, Period::Hour, 1),
        LimitKey::MaxPerDay => (Counted::Calls, Period::Day, 1),
        LimitKey::MaxBytesPerDay => (Counted::Bytes, Period::Day, 1),
        _ => return None,
    })
}

/// Whether calls of this verb draw on a limit of this kind.
pub(in crate::policy) fn is_counted(key: LimitKey, verb: Verb) -> bool {
    counted(key, verb).is_some()
}

/// How a limit is counted for calls of this verb; none when they do not draw on it.
pub(super) fn of_limits(limit: &Limit, shared: &Shared, verb: Verb, rule: &str) -> Option<Allowance> {
    let (counted, period, unit) = counted(limit.key, verb)?;
    let rule = format!("{rule} {} = {}", limit.key.name(), limit.most);
    Some(Allowance { counted, period, most: limit.most.saturating_mul(unit), shared: shared.clone(), rule })
}

/// How a limit is counted when a run begins.
pub(super) fn of_runs(limit: &Limit, shared: &Shared) -> Option<Allowance> {
    let rule = format!("{} {} = {}", limit.at, limit.key.name(), limit.most);
    let runs = limit.key == LimitKey::RunsPerDay;
    let (counted, period) = (Counted::Runs, Period::Day);
    runs.then(|| Allowance { counted, period, most: limit.most, shared: shared.clone(), rule })
}
