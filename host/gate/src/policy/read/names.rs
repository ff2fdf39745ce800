//! Names that rules use and names that files define, brought together: a grant for a server that is not there would
//! never hold, and nobody would notice.

use super::{Cursor, Reading, Text, shown};
use crate::Location;
use crate::near::nearest;
use crate::policy::problem::{E_NAME, Problem, Severity};
use crate::policy::rule::Kind;

/// A name that is used, and where.
pub(super) struct Used {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) at: Location,
    pub(super) column: u32,
}

impl Used {
    pub(super) fn new(cx: &Cursor, kind: Kind, text: Text) -> Self {
        let (at, column) = (cx.at(&text.span), cx.column(&text.span));
        Self { kind, name: text.value, at, column }
    }
}

impl Reading {
    pub(super) fn check_names(&mut self) {
        for used in std::mem::take(&mut self.used) {
            let known: Vec<&str> = match used.kind {
                Kind::Server => self.rules.servers.keys().map(String::as_str).collect(),
                Kind::Credential => self.rules.credentials.keys().map(String::as_str).collect(),
                Kind::Publisher => self.rules.publishers.keys().map(String::as_str).collect(),
                Kind::Template => self.rules.templates.keys().map(String::as_str).collect(),
                Kind::Profile => self.rules.profiles.keys().map(String::as_str).collect(),
                Kind::Approval => self.rules.approvals.keys().map(String::as_str).collect(),
            };
            let is_defined =
                known.contains(&used.name.as_str()) || self.defined.contains(&(used.kind, used.name.clone()));
            if is_defined {
                continue;
            }
            let kind = used.kind.name();
            let hint = match nearest(&used.name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None if known.is_empty() => format!("there is no [{kind}.NAME] at all"),
                None => format!("there are {}", known.iter().take(12).copied().collect::<Vec<_>>().join(", ")),
            };
            self.problems.push(Problem {
                severity: Severity::Error,
                code: E_NAME,
                file: used.at.file.to_string(),
                line: used.at.line,
                column: used.column,
                message: format!("no [{kind}.NAME] is called {}", shown(&used.name)),
                hint: Some(hint),
            });
        }
    }
}
