//! What is wrong with the file of a mocked machine, and where.

use crate::near::hint;
use std::fmt;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockError {
    pub line: usize,
    pub column: usize,
    pub why: String,
}

impl fmt::Display for MockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.why)
    }
}

impl std::error::Error for MockError {}

impl MockError {
    pub(super) fn at(text: &str, span: Range<usize>, why: impl Into<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).map_or(0, |rest| rest.chars().count()) + 1;
        Self { line: before.matches('\n').count() + 1, column, why: why.into() }
    }

    pub(super) fn toml(text: &str, error: &toml::de::Error) -> Self {
        let message = error.message();
        Self::at(text, error.span().unwrap_or(0..0), format!("{message}{}", did_you_mean(message)))
    }
}

/// serde says ``unknown field `fils`, expected one of `files`, `facts` ``: the first name is the typo.
fn did_you_mean(message: &str) -> String {
    if !message.starts_with("unknown field") {
        return String::new();
    }
    let mut names = message.split('`').skip(1).step_by(2);
    names.next().map(|typo| hint(typo, names)).unwrap_or_default()
}
