//! Time: whatever a task does or waits for, its deadline ends it.

use airlock_gate::Limits;
use airlock_sandbox::{Bounds, RunError};
use airlock_tests::ports::Never;
use airlock_tests::rig::{MARGIN, Rig, Setup};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_millis(150);

fn soon() -> Setup {
    Setup { bounds: Bounds { deadline: DEADLINE, ..Bounds::default() }, ..Setup::default() }
}

#[test]
fn an_endless_loop_ends_at_the_deadline() {
    let rig = Rig::new();
    let run = rig.run_with("loop", soon());
    assert_eq!(run.ended, Err(RunError::Deadline(DEADLINE)));
    assert!((DEADLINE..DEADLINE + MARGIN).contains(&run.took), "{:?}", run.took);
    assert!(run.ended.unwrap_err().to_string().contains("0.15 s"));
    rig.goes_on();
}

#[test]
fn a_long_loop_within_the_deadline_is_fine() {
    let run = Rig::new().run("spin 20000000");
    assert_eq!(run.ended, Ok(()));
}

#[test]
fn cheap_calls_do_not_hold_the_deadline_up() {
    let rig = Rig::new();
    let limits = Limits { calls: u64::MAX, ..Limits::default() };
    let run = rig.run_with("calls-for-ever", Setup { limits, ..soon() });
    assert_eq!(run.ended, Err(RunError::Deadline(DEADLINE)));
    assert!(run.took < DEADLINE + MARGIN, "{:?}", run.took);
    rig.goes_on();
}

#[test]
fn a_call_that_never_answers_is_given_up_at_the_deadline() {
    let rig = Rig::new();
    let facts = Never::default();
    let waits = Arc::clone(&facts.waits);
    let run = rig.run_with("read hardware", Setup { facts: Arc::new(facts), ..soon() });
    assert_eq!(run.ended, Err(RunError::Deadline(DEADLINE)));
    assert!(run.took < DEADLINE + MARGIN, "{:?}", run.took);
    assert!(!waits.load(Ordering::Relaxed), "the call is still waited for");
    // A record that was opened and never closed: this is what a call looks like that was cut off.
    assert!(run.audit.iter().any(|r| r["verb"] == "inventory.read"));
    assert!(!run.audit.iter().any(|r| r.get("closes").is_some()));
    rig.goes_on();
}
