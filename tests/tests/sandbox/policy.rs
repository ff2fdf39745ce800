//! What a server without a policy gets: nothing about people, no secrets, whatever the task asks for.

use airlock_facts::Roots;
use airlock_gate::{Limits, Policy, Reason};
use airlock_model::Sensitivity;
use airlock_native::{Budget, Observation};
use airlock_sandbox::{Checked, NoCache, RunError, Unit, World};
use airlock_tests::machine::Machine;
use airlock_tests::rig::{Rig, Run, Setup};
use std::sync::Arc;
use std::time::Duration;

const HIDDEN: &[&str] = &["envs", "processes", "users", "local_users", "local_groups"];

fn stranger() -> Setup {
    Setup { policy: Policy::unknown_server(), ..Setup::default() }
}

/// That no row has a field above the ceiling, and no value of [`airlock_tests::ports::Given::machine`] that is one.
fn assert_harmless(run: &Run) {
    for (section, rows) in run.left.report.sections() {
        for (name, value) in rows.iter().flat_map(airlock_model::Row::iter) {
            let field = section.field(name).unwrap();
            assert!(field.sensitivity <= Sensitivity::Internal, "{}.{name}: {value:?}", section.name);
        }
    }
    let all = format!("{:?}", run.left);
    for secret in ["ann", "secret-1", "secret-2", "KEY-1"] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
}

#[test]
fn a_section_that_is_not_granted_is_refused_and_recorded() {
    let rig = Rig::new();
    for section in HIDDEN {
        let run = rig.run_with(&format!("read {section}"), stranger());
        let Err(RunError::Denied(denial)) = &run.ended else { panic!("{section}: {:?}", run.ended) };
        assert_eq!((denial.capability.as_str(), denial.reason), ("inventory.read", Reason::NotGranted));
        let record = run.audit.iter().find(|record| record["n"] == denial.audit).expect("the record that it names");
        assert_eq!(record["decision"], "deny");
        assert_eq!(record["code"], "NO_GRANT");
        assert_eq!(record["ask"]["sections"][0], *section);
        assert!(record["why"].as_str().unwrap().contains("a server without a policy"), "{record}");
        assert_harmless(&run);
    }
}

#[test]
fn a_section_that_is_granted_comes_without_what_is_personal() {
    let run = Rig::new().run_with("read hardware bios", stranger());
    assert_eq!(run.ended, Ok(()));
    let hardware = &run.left.report.rows("hardware")[0];
    assert_eq!(hardware.text("name"), Some("host1"));
    assert_eq!((hardware.text("lastloggeduser"), hardware.text("winprodkey")), (None, None));
    assert_eq!(run.left.report.rows("bios")[0].text("ssn"), Some("SERIAL-1"));
    assert_harmless(&run);
}

#[test]
fn the_owner_gets_all_of_it() {
    let run = Rig::new().run("read hardware envs users");
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.left.report.rows("hardware")[0].text("lastloggeduser"), Some("ann"));
    assert_eq!(run.left.report.rows("envs")[0].text("val"), Some("secret-1"));
}

#[test]
fn one_hidden_section_among_others_refuses_the_whole_call() {
    let run = Rig::new().run_with("expect hardware users", stranger());
    assert!(matches!(run.ended, Err(RunError::Denied(_))), "{:?}", run.ended);
}

#[test]
fn a_task_that_reads_all_it_can_gets_no_more_than_is_granted() {
    let run = Rig::new().run_with("copy", stranger());
    assert_eq!(run.ended, Ok(()));
    let names: Vec<&str> = run.left.report.sections().map(|(section, _)| section.name).collect();
    assert_eq!(names, ["bios", "hardware"]);
    // It tried the others all the same.
    assert_eq!(run.audit.iter().filter(|record| record["code"] == "NO_GRANT").count(), 4);
    assert_harmless(&run);
}

#[test]
fn the_inventory_for_a_stranger_is_harmless() {
    let rig = Rig::new();
    let files = Machine::workstation();
    let machine = Arc::new(airlock_facts::Machine::new(Roots::folder(files.path())));
    let builtin = airlock_builtin::task("inventory").unwrap();
    let task =
        rig.sandbox.load(&Checked::new(&builtin.component().unwrap(), World::Inventory).unwrap(), &NoCache).unwrap();
    let facts = Arc::new(Observation::new(machine, Budget::of_collectors(Duration::from_secs(10))));
    let run = rig.run_task(&task, Unit::default(), Setup { facts, ..stranger() });
    assert_eq!(run.ended, Ok(()));
    assert_harmless(&run);
    assert!(HIDDEN.iter().all(|section| run.left.report.rows(section).is_empty()));
    for section in ["hardware", "softwares", "cpus", "memories", "operatingsystem"] {
        assert!(!run.left.report.rows(section).is_empty(), "{section} is missing");
    }
    // It is told what it may see, and asks for nothing else.
    assert!(run.audit.iter().all(|record| record["decision"] != "deny"), "{:#?}", run.audit);
}

#[test]
fn refusals_are_calls_too() {
    let limits = Limits { calls: 2, refusals: 0, ..Limits::default() };
    let run = Rig::new().run_with("copy", Setup { limits, ..stranger() });
    assert!(matches!(run.ended, Err(RunError::Bound(_))), "{:?}", run.ended);
}
