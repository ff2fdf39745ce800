//! What a run may do so often and so much: a rate lets it wait, a quota refuses.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

mod nobody;

use airlock_gate::approvals::Bound;
use airlock_gate::calls::{FileWrite, HttpResolve, Method, Target};
use airlock_gate::guards::Counters;
use airlock_gate::mock::Mock;
use airlock_gate::policy::{Circumstances, Policy, PolicyFile, Rules};
use airlock_gate::{Asker, Audit, Code, Gate, Guards, InMemory, Limits, NoLog, Source, may_send};
use jiff::Timestamp;
use nobody::Nobody;
use std::sync::Arc;

const START: &str = "2026-11-22T12:00:00Z";

fn rules(limits: &str) -> Rules {
    let grant =
        |verb: &str, rest: &str| format!("[[grant]]\nserver = \"*\"\ntask = \"t\"\nverb = \"{verb}\"\n{rest}\n");
    let text = [
        format!("policy_version = 1\n[server.hq]\norigin = \"https://hq.example\"\n[limits]\n{limits}\n"),
        grant("http.fetch", "origins = [\"https://10.1.0.1\", \"https://10.1.0.2\", \"https://10.1.0.3\"]"),
        grant("files.write", "paths = [\"/opt/**\"]\nmax_bytes = 10_000_000"),
        grant("report.send", "max_bytes_per_day = 2_500_000"),
    ]
    .concat();
    Rules::parse(&[PolicyFile::new("t.toml", text)]).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn policy(limits: &str) -> Arc<Policy> {
    let asker = Asker { task: "t".to_owned(), ..Asker::default() };
    Arc::new(rules(limits).for_run(&asker, &Circumstances::default()))
}

fn counters() -> Arc<InMemory> {
    Arc::new(InMemory::at(START.parse().unwrap()))
}

fn gate(limits: &str, counters: &Arc<InMemory>) -> Gate {
    let mock = Mock::parse(&format!(
        "mock_version = 1\ntime = {{ start = {START:?} }}\n[files]\n\"/opt\" = {{ folder = true }}\n"
    ));
    let native = Arc::new(mock.unwrap()).native(Arc::new(Nobody));
    let audit = Audit::new(Box::new(NoLog), "r".to_owned(), "t@0".to_owned(), None);
    let guards = Guards { counters: counters.clone(), bound: Bound::default(), ..Guards::default() };
    Gate::new(policy(limits), Limits::default(), audit, Source::Live(native)).guarded(guards)
}

fn to(host: u8) -> HttpResolve {
    let target = Target { scheme: "https".into(), host: format!("10.1.0.{host}"), port: 443, path: "/".into() };
    HttpResolve { method: Method::Get, target }
}

fn seconds(counters: &InMemory) -> i64 {
    counters.now().as_second() - START.parse::<Timestamp>().unwrap().as_second()
}

fn codes(gate: &Gate) -> Vec<Code> {
    gate.refused().into_iter().map(|refused| refused.code).collect()
}

#[tokio::test]
async fn a_rate_lets_a_call_wait_and_refuses_none() {
    let counters = counters();
    let gate = gate("net_pps = 3", &counters);
    for n in 0..10 {
        assert_eq!(gate.call(to(1)).await.unwrap().len(), 1, "{n}");
    }
    // Ten packets at three a second: three whole seconds went by.
    assert_eq!((seconds(&counters), codes(&gate)), (3, vec![]));
}

#[tokio::test]
async fn a_rate_of_nothing_is_never_waited_for() {
    let counters = counters();
    let gate = gate("net_pps = 0", &counters);
    gate.call(to(1)).await.unwrap_err();
    assert_eq!((seconds(&counters), codes(&gate)), (0, vec![Code::Rate]));
}

#[tokio::test]
async fn a_quota_refuses_and_waits_for_nothing() {
    let counters = counters();
    let gate = gate("new_hosts_per_day = 2", &counters);
    for host in [1, 2, 1] {
        gate.call(to(host)).await.unwrap();
    }
    gate.call(to(3)).await.unwrap_err();
    assert_eq!((seconds(&counters), codes(&gate)), (0, vec![Code::Quota]));
}

#[tokio::test]
async fn what_a_run_writes_is_counted_in_megabytes() {
    let counters = counters();
    let write = |n: u8| FileWrite { path: format!("/opt/{n}"), offset: 0, data: vec![0; 900_000] };
    let first = gate("disk_mb = 2", &counters);
    first.call(write(1)).await.unwrap();
    first.call(write(2)).await.unwrap();
    first.call(write(3)).await.unwrap_err();
    assert_eq!(codes(&first), [Code::Quota]);
    // The next run has an allowance of its own.
    gate("disk_mb = 2", &counters).call(write(4)).await.unwrap();
}

#[test]
fn what_leaves_in_a_day_is_counted_for_the_machine_and_for_the_grant() {
    let asker = Asker { server: Some("hq".into()), task: "t".into(), ..Asker::default() };
    for (limits, sent, code) in
        [("egress_mb_per_day = 1", 1_000_000, Code::Quota), ("egress_mb_per_day = 3", 2_500_000, Code::Quota)]
    {
        let rules = rules(limits);
        let policy = rules.for_run(&asker, &rules.usual_circumstances(&asker));
        let guards = Guards { counters: counters(), ..Guards::of(asker.clone()) };
        may_send(&policy, &guards, sent - 10).unwrap();
        assert_eq!(may_send(&policy, &guards, 11).unwrap_err().code, code, "{limits}");
        may_send(&policy, &guards, 10).unwrap();
    }
}
