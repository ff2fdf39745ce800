//! The audit: a record before each effect and one after it; what is refused says why; a log that cannot be written.

use airlock_gate::calls::Reading;
use airlock_gate::ports::{Answer, Facts};
use airlock_gate::{
    Ask, Audit, AuditLog, CallError, Effect, Gate, HostCall, Limits, Native, Policy, Reason, Scope, Source,
};
use airlock_native::AuditFile;
use airlock_tests::ports::{FullDisk, Given, Keeper, Records, native};
use airlock_tests::rig::{Rig, Setup};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[test]
fn each_call_has_a_record_before_and_one_after() {
    let run = Rig::new().run("read hardware bios");
    assert_eq!(run.ended, Ok(()));
    let (end, records) = run.audit.split_last().unwrap();
    let opened: Vec<_> = records.iter().filter(|record| record.get("ask").is_some()).collect();
    assert_eq!(
        opened.iter().map(|r| r["ask"]["sections"][0].as_str().unwrap()).collect::<Vec<_>>(),
        ["hardware", "bios"]
    );
    for record in &opened {
        assert_eq!((&record["verb"], &record["decision"]), (&"inventory.read".into(), &"allow".into()));
        assert_eq!(record["rule"], "built-in: the owner's own command");
        assert_eq!(
            (&record["run"], &record["task"], &record["digest"], &record["server"]),
            (&"run-1".into(), &"hostile".into(), &"test".into(), &"server-1".into())
        );
        let closed: Vec<_> = records.iter().filter(|r| r["closes"] == record["n"]).collect();
        assert_eq!(closed.len(), 1, "{records:#?}");
        assert_eq!(closed[0]["outcome"], "1 rows");
        assert!(closed[0]["n"].as_u64() > record["n"].as_u64());
    }
    assert_eq!(records.len(), 4);
    assert_eq!((&end["end"], &end["run"]), (&"ok".into(), &"run-1".into()));
    assert_eq!(end["spent"]["calls"], run.spent.calls);
    let numbers: Vec<u64> = run.audit.iter().map(|record| record["n"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted() && numbers.windows(2).all(|pair| pair[0] != pair[1]), "{numbers:?}");
}

#[test]
fn the_record_is_there_before_the_effect() {
    /// Looks at the audit while it is asked.
    struct Looks(Given, Records, Mutex<Vec<serde_json::Value>>);
    impl Facts for Looks {
        fn sections(&self) -> Vec<&'static str> {
            self.0.sections()
        }
        fn expect(&self, sections: &[String]) {
            self.0.expect(sections);
        }
        fn read<'a>(&'a self, section: &'a str) -> Answer<'a, Arc<Reading>> {
            *self.2.lock().unwrap() = self.1.all();
            self.0.read(section)
        }
    }
    let records = Records::default();
    let facts = Arc::new(Looks(Given::machine(), records.clone(), Mutex::default()));
    let setup = Setup { facts: Arc::clone(&facts) as _, log: Some(Box::new(records)), ..Setup::default() };
    assert_eq!(Rig::new().run_with("read bios", setup).ended, Ok(()));
    let seen = facts.2.lock().unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0]["ask"]["sections"][0], "bios");
}

#[test]
fn a_log_that_cannot_be_written_does_not_stop_reading() {
    let run = Rig::new().run_with("read hardware", Setup { log: Some(Box::new(FullDisk)), ..Setup::default() });
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.left.report.rows("hardware").len(), 1);
}

/// A call that changes the machine: it counts how often it was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Change {}

static DONE: AtomicUsize = AtomicUsize::new(0);

impl HostCall for Change {
    type Reply = ();
    const NAME: &'static str = "test.change";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    fn effect(&self, _ask: &Ask) -> Effect {
        Effect::Change
    }

    async fn run(self, _native: &Native, _scope: &Scope) -> Result<(), CallError> {
        DONE.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn change(log: impl AuditLog + 'static, times: usize) -> Vec<Result<(), CallError>> {
    let facts = Arc::new(Given(BTreeMap::new()));
    let native = native(facts, Arc::new(Keeper::default()));
    let audit = Audit::new(Box::new(log), "run-1".to_owned(), "test".to_owned(), None);
    let gate = Gate::new(Arc::new(Policy::owners_command()), Limits::default(), audit, Source::Live(native));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    (0..times).map(|_| runtime.block_on(gate.call(Change {}))).collect()
}

#[test]
fn nothing_is_changed_that_cannot_be_recorded() {
    DONE.store(0, Ordering::Relaxed);
    for answer in change(FullDisk, 2) {
        let Err(CallError::Denied(denial)) = answer else { panic!("{answer:?}") };
        assert_eq!((denial.capability.as_str(), denial.reason), ("test.change", Reason::NotGranted));
    }
    assert_eq!(DONE.load(Ordering::Relaxed), 0, "it was done without a record");
    let records = Records::default();
    assert_eq!(change(records.clone(), 1), [Ok(())]);
    assert_eq!(DONE.load(Ordering::Relaxed), 1);
    assert_eq!(records.all().len(), 2);
}

#[test]
fn the_file_has_a_line_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    for _ in 0..2 {
        let log = Some(Box::new(AuditFile::open(&path).unwrap()) as Box<dyn AuditLog>);
        assert_eq!(Rig::new().run_with("read hardware", Setup { log, ..Setup::default() }).ended, Ok(()));
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let records: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 2 * 3);
}
