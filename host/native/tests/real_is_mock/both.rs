//! Two machines, each behind a gate of its own, under one policy.

use airlock_gate::calls::Level;
use airlock_gate::mock::Mock;
use airlock_gate::policy::{Circumstances, PolicyFile, Rules};
use airlock_gate::ports::Reporter;
use airlock_gate::{Asker, Audit, CallError, Gate, HostCall, Limits, Native, NoLog, Source};
use airlock_model::{Row, Section};
use std::fmt::Debug;
use std::sync::Arc;

struct Nobody;

impl Reporter for Nobody {
    fn emit(&self, _section: &'static Section, _rows: Vec<Row>) {}

    fn log(&self, _level: Level, _message: &str) {}

    fn progress(&self, _done: u32, _total: u32) -> Result<(), CallError> {
        Ok(())
    }
}

pub(crate) struct Both {
    pub(crate) real: Gate,
    pub(crate) mock: Gate,
    pub(crate) seen: usize,
}

impl Both {
    /// The ports of this machine that `real` puts in, a mock as `mock` describes it, and the rules for the owner's task `t`.
    pub(crate) fn new(real: impl FnOnce(Native) -> Native, mock: &str, policy: &str) -> Self {
        let mock = Arc::new(Mock::parse(mock).unwrap_or_else(|error| panic!("{error}\n{mock}")));
        let text =
            format!("policy_version = 1\nid = \"test\"\nserial = 1\nlayer = \"local\"\nmode = \"enforce\"\n{policy}");
        let rules = Rules::parse(&[PolicyFile::new("test.toml", text)]);
        let rules = rules.unwrap_or_else(|problems| panic!("{problems:#?}"));
        let asker = Asker { task: "t".to_owned(), ..Asker::default() };
        let circumstances = Circumstances { protected_paths: vec![], ..Circumstances::default() };
        let policy = Arc::new(rules.for_run(&asker, &circumstances));
        let report: Arc<dyn Reporter> = Arc::new(Nobody);
        let gate = |native| {
            let audit = Audit::new(Box::new(NoLog), "r".to_owned(), "t@0".to_owned(), None);
            Gate::new(Arc::clone(&policy), Limits::default(), audit, Source::Live(native))
        };
        let real = gate(real(Native::none(Arc::clone(&report))));
        Self { real, mock: gate(mock.native(report)), seen: 0 }
    }

    /// Makes a call on both, and holds them to the same; the part that was.
    pub(crate) async fn call<C: HostCall>(&mut self, call: C) -> String
    where
        C::Reply: Debug,
    {
        self.but_for(call, |reply| reply).await
    }

    /// As [`Self::call`], without what is a machine's own affair in a reply.
    pub(crate) async fn but_for<C: HostCall>(&mut self, call: C, same: impl Fn(C::Reply) -> C::Reply) -> String
    where
        C::Reply: Debug,
    {
        let (real, mock) = (self.real.call(call.clone()).await, self.mock.call(call.clone()).await);
        self.hold(real.map(&same), mock.map(&same), &call)
    }

    /// Holds two answers to the same, and all that was refused so far.
    pub(crate) fn hold<T: Debug>(
        &mut self,
        real: Result<T, CallError>,
        mock: Result<T, CallError>,
        call: &dyn Debug,
    ) -> String {
        let (found, described) = (same_part(&real), same_part(&mock));
        assert_eq!(found, described, "{call:?}: {real:?} and {mock:?}");
        let codes = |gate: &Gate| gate.refused().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(codes(&self.real), codes(&self.mock), "{call:?}");
        self.seen += 1;
        found
    }

    /// The codes of all refusals.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.real.refused().iter().map(|refused| refused.code.name()).collect()
    }
}

/// What has to be the same: the answer, or the kind of failure; its words are the system's own.
fn same_part<T: Debug>(answer: &Result<T, CallError>) -> String {
    match answer {
        Ok(reply) => format!("{reply:?}"),
        Err(CallError::Failed(_)) => "failed".to_owned(),
        Err(CallError::Denied(denial)) => format!("denied {} {:?}", denial.capability, denial.reason),
        Err(other) => format!("{other:?}"),
    }
}
