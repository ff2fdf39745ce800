//! A deployment's calls through the gate, as the host makes them of what a task says.

use airlock_gate::calls::{JobFile, Sha512Sum};
use airlock_gate::{Audit, CallError, Code, Gate, Native, Source};
use airlock_tests::ports::{Keeper, Records, native};
use airlock_tests::roads::Road;
use sha2::{Digest, Sha512};
use std::future::Future;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Where parts come from.
pub(super) const MIRROR: &str = "http://203.0.113.5:8080/p/";

pub(super) struct Job {
    pub(super) gate: Gate,
    records: Records,
    runtime: Runtime,
}

impl Job {
    pub(super) fn on(road: &Road, policy: &str) -> Self {
        let setup = road.setup(policy);
        let records = Records::default();
        let audit = Audit::new(Box::new(records.clone()), "run-1".to_owned(), "deploy@test".to_owned(), None);
        let (deploy, files, http, process) = (setup.deploy, setup.files, setup.http, setup.process);
        let native = Native { deploy, files, http, process, ..native(setup.facts, Arc::new(Keeper::default())) };
        let gate = Gate::new(Arc::new(setup.policy), setup.limits, audit, Source::Live(native));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { gate, records, runtime }
    }

    pub(super) fn now<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// The codes of what was refused.
    pub(super) fn codes(&self) -> Vec<String> {
        let all = self.records.all();
        let refused = all.iter().filter(|record| record["decision"] == "deny");
        refused.map(|record| record["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The code in the record of a call that has to be refused. Equal refusals have one record.
    pub(super) fn refused<T: std::fmt::Debug>(&self, call: impl Future<Output = Result<T, CallError>>) -> String {
        let answer = self.now(call);
        let all = self.records.all();
        let record = all.iter().filter(|record| record["decision"] == "deny").find(|record| match &answer {
            Err(CallError::Denied(denial)) => record["n"] == denial.audit,
            Err(CallError::Invalid(_)) => record["code"] == Code::BadArgument.name(),
            other => panic!("not refused: {other:?}"),
        });
        let record = record.unwrap_or_else(|| panic!("no record of {answer:?}"));
        record["code"].as_str().unwrap_or_default().to_owned()
    }
}

pub(super) fn sum(bytes: &[u8]) -> String {
    Sha512Sum::new(Sha512::digest(bytes).into()).to_string()
}

/// A file whose parts these are.
pub(super) fn file(name: &str, whole: &[u8], parts: &[&[u8]]) -> JobFile {
    JobFile {
        name: name.to_owned(),
        sha512: sum(whole),
        parts: parts.iter().map(|part| sum(part)).collect(),
        retention_minutes: 5,
        shared: false,
    }
}

pub(super) fn code(code: Code) -> String {
    code.name().to_owned()
}
