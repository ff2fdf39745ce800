//! Runs the tests that stand in a policy.

use super::decision::{Refusal, Verdict};
use super::rules::Rules;
use super::testcase::TestCase;
use crate::Location;
use serde::Serialize;

/// How one `[[test]]` came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub at: Location,
    pub passed: bool,
    /// `deny NO_GRANT`
    pub expected: String,
    pub decided: String,
    /// Why it was decided so.
    pub why: String,
}

impl Rules {
    /// Every test, in the order of the files.
    pub fn test(&self) -> Vec<Outcome> {
        self.tests.iter().map(|test| self.outcome(test)).collect()
    }

    fn outcome(&self, test: &TestCase) -> Outcome {
        let policy = self.for_run(&test.asker, &self.usual_circumstances(&test.asker));
        let verdict = policy.decide_at(&test.ask, test.when);
        let why = match &verdict {
            Verdict::Allow(allowed) => allowed.rule.clone(),
            Verdict::Deny(Refusal { why, .. }) => why.clone(),
        };
        let passed = test.expect.holds(&verdict);
        Outcome { at: test.at.clone(), passed, expected: test.expect.to_string(), decided: verdict.to_string(), why }
    }
}
