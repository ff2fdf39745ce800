//! Calls that need a person: what the owner's records and the task learn while one is asked, and once one has said no.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a surprise ends the test")]

mod nobody;

use airlock_gate::approvals::{Held, Standing};
use airlock_gate::calls::FileWrite;
use airlock_gate::guards::Approvals;
use airlock_gate::mock::Mock;
use airlock_gate::policy::{Circumstances, PolicyFile, Rules};
use airlock_gate::{Asker, Audit, CallError, Code, Gate, Guards, Limits, NoLog, Reason, Source};
use nobody::Nobody;
use std::sync::Arc;

const POLICY: &str = r#"
policy_version = 1
[server.hq]
origin = "https://hq.example"
[approval.ops]
by = ["group:wheel"]
[[grant]]
server = "*"
task = "t"
verb = "files.write"
paths = ["/opt/**"]
max_bytes = 100
approval = "ops"
"#;

struct Always(Standing);

impl Approvals for Always {
    fn check(&self, _held: Held<'_>) -> Standing {
        self.0.clone()
    }
}

async fn asked(standing: Standing) -> (Result<(), CallError>, Vec<Code>) {
    let asker = Asker { task: "t".to_owned(), ..Asker::default() };
    let rules = Rules::parse(&[PolicyFile::new("t.toml", POLICY.to_owned())]).unwrap_or_else(|e| panic!("{e:?}"));
    let mock = Mock::parse("mock_version = 1\n[files]\n\"/opt\" = { folder = true }\n").unwrap();
    let audit = Audit::new(Box::new(NoLog), "r".to_owned(), "t@0".to_owned(), None);
    let guards = Guards { asker: asker.clone(), approvals: Arc::new(Always(standing)), ..Guards::default() };
    let policy = Arc::new(rules.for_run(&asker, &Circumstances::default()));
    let source = Source::Live(Arc::new(mock).native(Arc::new(Nobody)));
    let gate = Gate::new(policy, Limits::default(), audit, source).guarded(guards);
    let answer = gate.call(FileWrite { path: "/opt/a".into(), offset: 0, data: vec![1] }).await.map(drop);
    (answer, gate.refused().into_iter().map(|refused| refused.code).collect())
}

#[tokio::test]
async fn what_waits_is_told_apart_from_what_was_refused() {
    let answers = [
        (Standing::Held { digest: "d".into() }, Code::Approval, Reason::NotApproved),
        (Standing::Refused { by: "ann".into() }, Code::NotApproved, Reason::Forbidden),
        (Standing::TurnedAway("the queue is full".into()), Code::NotApproved, Reason::Forbidden),
    ];
    for (standing, code, reason) in answers {
        let (answer, codes) = asked(standing).await;
        let Err(CallError::Denied(denial)) = answer else { panic!("{answer:?}") };
        assert_eq!((codes, denial.reason), (vec![code], reason));
    }
}

#[tokio::test]
async fn what_was_approved_is_done() {
    assert_eq!(asked(Standing::Approved { by: vec!["ann".into()] }).await, (Ok(()), vec![]));
}
