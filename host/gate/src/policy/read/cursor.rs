//! One file while it is read: where things stand in it, and what is wrong with it.

use crate::Location;
use crate::near::nearest;
use crate::policy::problem::{E_KEY, Problem, Severity};
use std::ops::Range;
use std::sync::Arc;

/// The longest piece of a file that a message repeats.
const SHOWN: usize = 60;

pub(crate) struct Cursor<'a> {
    pub(crate) file: Arc<str>,
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(file: &str, text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: file.into(), text, lines, problems: vec![] }
    }

    /// Line and column of a byte, both counted from 1, columns in characters.
    fn position(&self, at: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let column = self.text.get(start..at).map_or(0, |before| before.chars().count()) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    pub(crate) fn at(&self, span: &Range<usize>) -> Location {
        Location::new(Arc::clone(&self.file), self.position(span.start).0)
    }

    /// Where a line begins.
    pub(crate) fn line(&self, line: u32) -> Range<usize> {
        let number = usize::try_from(line).unwrap_or(1).saturating_sub(1);
        let start = self.lines.get(number).copied().unwrap_or_default();
        start..start
    }

    pub(crate) fn column(&self, span: &Range<usize>) -> u32 {
        self.position(span.start).1
    }

    /// What stands there, as it was written.
    pub(crate) fn written(&self, span: &Range<usize>) -> &'a str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    pub(crate) fn error(&mut self, code: &'static str, span: &Range<usize>, message: impl Into<String>) {
        self.problem(Severity::Error, code, span, message.into(), None);
    }

    pub(crate) fn warn(&mut self, code: &'static str, span: &Range<usize>, message: impl Into<String>) {
        self.problem(Severity::Warning, code, span, message.into(), None);
    }

    pub(crate) fn hinted(
        &mut self,
        code: &'static str,
        span: &Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.problem(Severity::Error, code, span, message.into(), hint);
    }

    /// A word that is none of those that may stand there.
    pub(crate) fn unknown<'k>(
        &mut self,
        code: &'static str,
        span: &Range<usize>,
        message: String,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => Some(format!("did you mean {near}?")),
            None if known.is_empty() => None,
            None if known.len() <= 12 => Some(format!("expected {}", known.join(", "))),
            None => None,
        };
        self.hinted(code, span, message, hint);
    }

    pub(crate) fn unknown_key<'k>(
        &mut self,
        span: &Range<usize>,
        key: &str,
        place: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        self.unknown(E_KEY, span, format!("{} has no key {}", place, shown(key)), key, known);
    }

    fn problem(
        &mut self,
        severity: Severity,
        code: &'static str,
        span: &Range<usize>,
        message: String,
        hint: Option<String>,
    ) {
        let (line, column) = self.position(span.start);
        self.problems.push(Problem { severity, code, file: self.file.to_string(), line, column, message, hint });
    }
}

/// A piece of a file in a message: quoted, escaped, cut.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
    }
}
