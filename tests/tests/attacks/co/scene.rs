//! A question of a server, put to the task that comes with the program, on whatever machine.

use airlock_gate::mock::Mock;
use airlock_gate::policy::{PolicyFile, Rules};
use airlock_gate::ports::Reporter;
use airlock_gate::{Asker, Audit, Gate, Limits, Native, NoLog, Source};
use airlock_native::{Collected, MachineCollect, MachineFiles, OwnFiles, WalkBudget};
use airlock_sandbox::{Bounds, Checked, NoCache, Sandbox, Unit, World};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) type Answers = Vec<Vec<(String, String)>>;

/// What came of a question.
#[derive(Debug)]
pub(super) struct Asked {
    /// How the run failed, in words.
    pub(super) failed: Option<String>,
    pub(super) answers: Answers,
    /// The codes of what was refused.
    pub(super) codes: Vec<&'static str>,
    pub(super) calls: u64,
    pub(super) took: Duration,
}

impl Asked {
    pub(super) fn paths(&self) -> Vec<&str> {
        let path = |fields: &'_ Vec<(String, String)>| fields.iter().position(|(name, _)| name == "path");
        self.answers.iter().filter_map(|fields| Some(fields[path(fields)?].1.as_str())).collect()
    }

    #[track_caller]
    pub(super) fn assert_refused(&self, code: &str) {
        assert!(self.codes.contains(&code) && self.answers.is_empty(), "{code}: {self:?}");
    }
}

/// Grants of the server `hq`, which is proven: `verb` and its arguments.
pub(super) fn grants(all: &[(&str, &str)]) -> String {
    let mut text = "policy_version = 1\n[server.hq]\norigin = \"https://hq.example\"\n".to_owned();
    for (verb, arguments) in all {
        text.push_str(&format!("[[grant]]\nserver = \"hq\"\ntask = \"collect\"\nverb = \"{verb}\"\n{arguments}\n"));
    }
    text
}

/// This machine.
pub(super) fn real(none: Native) -> Native {
    let own = Arc::new(OwnFiles::default());
    let collect = Arc::new(MachineCollect::new(Arc::clone(&own)));
    Native { collect, files: Arc::new(MachineFiles::new(own)), ..none }
}

/// This machine, whose walks come across so many entries at most.
pub(super) fn real_within(entries: u64) -> impl FnOnce(Native) -> Native {
    move |none| {
        let budget = WalkBudget { entries, ..WalkBudget::default() };
        let collect = MachineCollect::new(Arc::new(OwnFiles::default())).within(budget);
        Native { collect: Arc::new(collect), ..real(none) }
    }
}

/// One that is described.
pub(super) fn mock(text: &str) -> impl FnOnce(Native) -> Native {
    let mock = Arc::new(Mock::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")));
    move |none| mock.native(none.report)
}

/// Has the task answer one question.
pub(super) fn ask(machine: impl FnOnce(Native) -> Native, policy: &str, job: &Value) -> Asked {
    let rules = Rules::parse(&[PolicyFile::new("50-test.toml", policy)]).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    let asker = Asker { server: Some("hq".to_owned()), task: "collect".to_owned(), ..Asker::default() };
    let policy = Arc::new(rules.for_run(&asker, &rules.usual_circumstances(&asker)));
    let collected = Arc::new(Collected::new(Box::new(())));
    let native = machine(Native::none(Arc::clone(&collected) as Arc<dyn Reporter>));
    let audit = Audit::new(Box::new(NoLog), "r".to_owned(), "collect@0".to_owned(), asker.server.clone());
    let gate = Arc::new(Gate::new(policy, Limits::default(), audit, Source::Live(native)));
    let sandbox = Sandbox::new().unwrap();
    let component = airlock_builtin::task("collect").unwrap().component().unwrap();
    let loaded = sandbox.load(&Checked::new(&component, World::Collect).unwrap(), &NoCache).unwrap();
    let unit = Unit { target: String::new(), job: job.to_string() };
    let bounds = Bounds { deadline: Duration::from_secs(60), ..Bounds::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let began = Instant::now();
    let end = runtime.block_on(sandbox.run(&loaded, unit, Arc::clone(&gate), &bounds));
    Asked {
        failed: end.err().map(|error| error.to_string()),
        answers: collected.told().answers,
        codes: gate.refused().iter().map(|refused| refused.code.name()).collect(),
        calls: gate.spent().calls,
        took: began.elapsed(),
    }
}

/// A question for files.
pub(super) fn find(root: &Path, filter: Value) -> Value {
    let mut job = serde_json::json!({
        "function": "findFile", "uuid": "6b02e835df9c8", "_sid": 25, "dir": root, "limit": 1_000_000, "recursive": 1,
        "filter": {"is_file": 1, "is_dir": 0},
    });
    job["filter"].as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
    job
}
