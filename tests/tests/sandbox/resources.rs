//! Memory, tables, stack, and what happens when a task gives up.

use airlock_sandbox::{Bound, RunError};
use airlock_tests::rig::{Rig, Setup};
use airlock_tests::{HOSTILE, wasm};
use std::time::Duration;

#[test]
fn a_memory_bomb_ends_at_the_bound() {
    let rig = Rig::new();
    let run = rig.run("memory 100000");
    let Err(RunError::Bound(Bound::Memory { asked, limit })) = &run.ended else { panic!("{:?}", run.ended) };
    assert_eq!(*limit, 64 << 20);
    assert!(asked > limit);
    assert!(run.took < Duration::from_secs(2), "{:?}", run.took);
    assert!(run.ended.unwrap_err().to_string().contains("of memory, more than 64 MiB"));
    rig.goes_on();
}

#[test]
fn memory_asked_for_at_once_ends_at_the_bound_too() {
    let run = Rig::new().run("log-bytes 200000000");
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Memory { .. }))), "{:?}", run.ended);
}

#[test]
fn much_memory_within_the_bound_is_fine() {
    assert_eq!(Rig::new().run("memory 40").ended, Ok(()));
}

#[test]
fn a_table_that_starts_too_large_is_refused() {
    let rig = Rig::new();
    let task = rig.load(&wasm::with_table(HOSTILE, 3_000_000));
    let run = rig.run_task(&task, unit("table 0"), Setup::default());
    let Err(RunError::Bound(Bound::Table { asked, limit })) = run.ended else { panic!("{:?}", run.ended) };
    assert_eq!(limit, 20_000);
    assert!(asked >= 3_000_000);
    rig.goes_on();
}

#[test]
fn a_table_bomb_ends_at_the_bound() {
    let rig = Rig::new();
    let task = rig.load(&wasm::growing_its_table(HOSTILE, 4000));
    let run = rig.run_task(&task, unit("table 1000000"), Setup::default());
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Table { .. }))), "{:?}", run.ended);
    rig.goes_on();
}

#[test]
fn a_table_that_grows_a_little_is_fine() {
    let rig = Rig::new();
    let task = rig.load(&wasm::growing_its_table(HOSTILE, 4000));
    assert_eq!(rig.run_task(&task, unit("table 4"), Setup::default()).ended, Ok(()));
}

#[test]
fn deep_recursion_ends_at_the_stack() {
    let rig = Rig::new();
    let run = rig.run("recursion 100000000");
    assert_eq!(run.ended, Err(RunError::Bound(Bound::Stack)));
    rig.goes_on();
}

#[test]
fn some_recursion_is_fine() {
    assert_eq!(Rig::new().run("recursion 500").ended, Ok(()));
}

#[test]
fn a_task_that_panics_has_crashed() {
    let rig = Rig::new();
    let run = rig.run("panic");
    assert!(matches!(&run.ended, Err(RunError::Crashed(why)) if why.contains("gave up")), "{:?}", run.ended);
    rig.goes_on();
}

#[test]
fn a_task_that_says_that_it_failed_has_failed() {
    let rig = Rig::new();
    assert_eq!(rig.run("fail 3").ended, Err(RunError::Failed("eee".to_owned())));
    assert_eq!(rig.run("bad-job").ended, Err(RunError::BadJob("no such thing: {}".to_owned())));
}

fn unit(target: &str) -> airlock_sandbox::Unit {
    airlock_sandbox::Unit { target: target.to_owned(), job: String::new() }
}
