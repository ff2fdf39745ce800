//! Calls: how many, how large, and a task that does not listen when it is told that it has had enough.

use airlock_gate::Limits;
use airlock_sandbox::{Bound, Bounds, RunError};
use airlock_tests::rig::{Rig, Setup};
use std::time::Duration;

/// Before the deadline of these runs ends them: something else did.
const SHORT: Duration = Duration::from_secs(10);

#[test]
fn a_flood_of_calls_is_stopped() {
    let rig = Rig::new();
    let run = rig.run("calls-for-ever");
    let limits = Limits::default();
    let calls = limits.calls + limits.refusals + 1;
    assert_eq!(run.ended, Err(RunError::Bound(Bound::Calls { calls, refused: limits.refusals + 1 })));
    assert_eq!(run.spent.calls, calls);
    assert!(run.took < SHORT, "{:?}", run.took);
    rig.goes_on();
}

#[test]
fn many_calls_within_the_allowance_are_fine() {
    let run = Rig::new().run("calls 19000");
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.spent.calls, 19_000);
}

#[test]
fn a_flood_of_log_lines_is_cut_and_counted() {
    let run = Rig::new().run("log 5000");
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.left.log.len(), 1000);
    assert_eq!(run.spent.log_dropped, 4000);
}

#[test]
fn an_endless_flood_of_log_lines_is_stopped() {
    let rig = Rig::new();
    let run = rig.run("log 1000000000");
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Calls { .. }))), "{:?}", run.ended);
    assert_eq!(run.left.log.len(), 1000);
    assert!(run.took < SHORT, "{:?}", run.took);
    rig.goes_on();
}

#[test]
fn a_hundred_log_lines_are_kept() {
    let run = Rig::new().run("log 100");
    assert_eq!(run.ended, Ok(()));
    assert_eq!((run.left.log.len(), run.spent.log_dropped), (100, 0));
}

#[test]
fn a_log_line_that_is_too_long_is_counted() {
    let run = Rig::new().run("log-bytes 1000000");
    assert_eq!(run.ended, Ok(()));
    assert_eq!((run.left.log.len(), run.spent.log_dropped), (0, 1));
}

/// The words by which wasmtime says that a message is too large are not part of its interface: if these tests fail with
/// [`RunError::Crashed`], they have changed.
#[test]
fn a_message_that_is_too_large_is_refused() {
    let rig = Rig::new();
    // 100 MB of text needs more than the memory that a task has; here it has it.
    let roomy = || Setup { bounds: Bounds { memory: 512 << 20, ..Bounds::default() }, ..Setup::default() };
    for attack in ["text 100000000", "values 2000000", "name 50000000", "log-bytes 50000000", "fail 50000000"] {
        let run = rig.run_with(attack, roomy());
        assert_eq!(run.ended, Err(RunError::Bound(Bound::Message { limit: 4 << 20 })), "{attack}");
        assert!(run.took < SHORT, "{attack}: {:?}", run.took);
        assert!(run.left.report.sections().next().is_none(), "{attack}");
    }
    rig.goes_on();
}

#[test]
fn a_large_message_within_the_bound_is_fine() {
    let rig = Rig::new();
    let run = rig.run("text 1000000");
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.left.report.rows("softwares")[0].text("name").map(str::len), Some(1_000_000));
    assert_eq!(rig.run("values 10000").ended, Ok(()));
}

/// What a table says is bounded by what it carries: a part of its texts that many rows share counts for each.
#[test]
fn a_small_message_does_not_become_a_large_one_here() {
    let rig = Rig::new();
    for attack in ["echoes 50000", "echoed-list 200000"] {
        let run = rig.run(attack);
        assert!(
            matches!(&run.ended, Err(RunError::Failed(why)) if why.contains("more than once")),
            "{attack}: {:?}",
            run.ended
        );
        assert!(run.took < SHORT, "{attack}: {:?}", run.took);
        assert!(run.left.report.sections().next().is_none(), "{attack}");
    }
    assert_eq!(rig.run("echoes 1").ended, Ok(()));
    rig.goes_on();
}

#[test]
fn a_table_of_very_many_fields_costs_no_time() {
    let rig = Rig::new();
    let run = rig.run("fields 90000");
    assert!(matches!(&run.ended, Err(RunError::Failed(why)) if why.contains("fields")), "{:?}", run.ended);
    assert!(run.took < SHORT, "{:?}", run.took);
    assert_eq!(rig.run("fields 100").ended, Ok(()));
}

#[test]
fn a_long_list_of_sections_does_not_make_a_long_record() {
    let run = Rig::new().run(&format!("expect{}", " hardware".repeat(1000)));
    assert_eq!(run.ended, Err(RunError::Failed("1000 sections are more than there are".to_owned())));
    assert_eq!(run.audit.len(), 2, "the refusal and the end: {:?}", run.audit);
    assert_eq!(run.refused(), ["BAD_ARGUMENT"]);
    assert!(run.audit[0].to_string().len() < 1000, "{}", run.audit[0]);
}

#[test]
fn what_a_task_tells_its_server_comes_in_order_and_is_bounded() {
    let rig = Rig::new();
    let run = rig.run("tell 3");
    assert_eq!(run.ended, Ok(()));
    let told = run.left.told;
    let lines: Vec<_> = told.lines.iter().map(|line| (line.message.as_str(), line.action)).collect();
    assert_eq!(lines, [("line 0", Some(0)), ("line 1", Some(1)), ("line 2", Some(2))]);
    assert_eq!(told.answers, [[("path".to_owned(), "/opt/acme/a".to_owned()), ("size".to_owned(), "9".to_owned())]]);
    assert_eq!((told.asked.len(), told.asked[0].event.as_str()), (1, "on_ok"));
    let run = rig.run("tell 10001");
    assert!(matches!(run.ended, Err(RunError::Failed(_))), "{:?}", run.ended);
    assert_eq!(run.left.told.lines.len(), 10_000);
}

#[test]
fn what_makes_no_sense_to_a_server_is_not_told() {
    let run = Rig::new().run("tell-senseless");
    assert_eq!(run.ended, Ok(()));
    let said = run.said();
    assert!(said[..5].iter().all(|line| *line != "told"), "{said:?}");
    assert_eq!(said[5..], ["told"]);
    let [line] = &run.left.told.lines[..] else { panic!("{:?}", run.left.told) };
    assert!(line.message.ends_with("… (truncated 2952 bytes)"), "{}", line.message);
}
