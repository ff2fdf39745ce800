//! Why a call is decided as it is: the rule, the nearest grant, the first of its arguments that does not cover the call,
//! and the smallest line that would. For the owner; no task ever sees a word of it.

pub(super) mod nearest;
mod show;
mod suggest;

use super::decide::Circumstances;
use super::decision::{Refusal, Verdict};
use super::edit::Edit;
use super::file::LayerName;
use super::rules::Rules;
use super::write::{asker_line, call_line};
use crate::{Ask, Asker, Code};
use jiff::Timestamp;
use serde::Serialize;

pub use nearest::Nearest;
pub use suggest::Suggestion;

/// A decision, explained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// `server=hq  task=netinventory@3f9c…`
    pub who: String,
    /// `snmp.read 10.2.0.14 credential=core`
    pub call: String,
    /// `deny NO_GRANT`
    pub decision: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The layer that refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerName>,
    /// The rule that allows, or in words what refuses.
    pub why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
}

/// Explains what comes of a call.
pub fn explain(
    rules: &Rules,
    asker: &Asker,
    circumstances: &Circumstances,
    ask: &Ask,
    at: Option<Timestamp>,
) -> Explanation {
    let verdict = rules.for_run(asker, circumstances).decide_at(ask, at);
    let mut explanation = Explanation {
        time: at.map(|at| format!("{at:.0}")),
        who: asker_line(asker),
        call: call_line(ask),
        decision: verdict.to_string(),
        code: None,
        layer: None,
        why: String::new(),
        nearest: None,
        suggestion: None,
    };
    match verdict {
        Verdict::Allow(allowed) => explanation.why = allowed.rule,
        Verdict::Deny(Refusal { code, why }) => {
            explanation.code = Some(code);
            explanation.why = why;
            if code == Code::NoGrant {
                explanation.layer = rules
                    .layers()
                    .into_iter()
                    .find(|layer| !nearest::is_granted(rules, *layer, asker, circumstances, ask));
                explanation.nearest =
                    explanation.layer.and_then(|layer| nearest::find(rules, layer, asker, circumstances, ask));
            }
            explanation.suggestion = suggest::find(rules, asker, circumstances, ask, at, code);
        }
    }
    explanation
}

impl Explanation {
    /// What would have to change for exactly this call to be allowed; empty where no line of a policy can.
    pub fn edits(&self) -> &[Edit] {
        self.suggestion.as_ref().map_or(&[], |suggestion| &suggestion.edits)
    }
}
