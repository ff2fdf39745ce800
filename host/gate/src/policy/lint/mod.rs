//! What loads but is not wise: ways around the policy, rules that never hold, limits that are missing. And a score for
//! each server, for people who want to know at a glance.

mod idle;
mod overlap;
mod score;
mod servers;
mod useless;

use super::problem::{Problem, Severity};
use super::read::Cursor;
use super::rule::Rule;
use super::rules::Rules;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

pub use score::Score;

/// What lint finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Errors first.
    pub problems: Vec<Problem>,
    pub scores: BTreeMap<String, Score>,
}

impl Lint {
    /// A policy with an error is not taken into use.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Looks at rules that loaded.
pub fn lint(rules: &Rules) -> Lint {
    let mut found = Found::new(rules);
    overlap::check(rules, &mut found);
    servers::check(rules, &mut found);
    useless::check(rules, &mut found);
    idle::check(rules, &mut found);
    let mut problems = rules.warnings.clone();
    problems.extend(found.cursors.into_values().flat_map(|cursor| cursor.problems));
    problems.sort_by(|a, b| (a.severity, &a.file, a.line, a.column).cmp(&(b.severity, &b.file, b.line, b.column)));
    let scores = rules.servers.keys().map(|name| (name.clone(), score::of(rules, name, &problems))).collect();
    Lint { problems, scores }
}

/// Problems, with the places of the files that they are in.
struct Found<'r> {
    cursors: BTreeMap<&'r str, Cursor<'r>>,
}

impl<'r> Found<'r> {
    fn new(rules: &'r Rules) -> Self {
        let cursors = rules.texts.iter().map(|file| (file.name.as_str(), Cursor::new(&file.name, &file.text)));
        Self { cursors: cursors.collect() }
    }

    fn error(&mut self, code: &'static str, file: &str, span: &Range<usize>, message: String) {
        if let Some(cursor) = self.cursors.get_mut(file) {
            cursor.error(code, span, message);
        }
    }

    fn warn(&mut self, code: &'static str, file: &str, span: &Range<usize>, message: String) {
        if let Some(cursor) = self.cursors.get_mut(file) {
            cursor.warn(code, span, message);
        }
    }

    fn rule(&mut self, code: &'static str, rule: &Rule, message: String) {
        self.warn(code, &rule.at.file, &rule.span, message);
    }

    /// At a line of which no more is known.
    fn line(&mut self, code: &'static str, at: &crate::Location, message: String) {
        let Some(cursor) = self.cursors.get_mut(at.file.as_ref()) else { return };
        let span = cursor.line(at.line);
        cursor.warn(code, &span, message);
    }
}

/// What a rule is called in a message about it.
fn called(rule: &Rule) -> String {
    let verb = rule.verb.map_or("*", |verb| verb.name());
    rule.name.as_ref().map_or_else(|| format!("the rule for {verb}"), |name| format!("{name:?}"))
}

/// As `airlock policy lint` prints it.
impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problems.iter().try_for_each(|problem| writeln!(f, "{problem}"))?;
        let scores: Vec<String> = self.scores.iter().map(|(name, score)| format!("{name}: {score}")).collect();
        if scores.is_empty() { Ok(()) } else { writeln!(f, "score  {}", scores.join("   ")) }
    }
}
