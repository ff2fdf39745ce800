//! Policy files to [`Rules`]: strictly. Whatever the language does not have is an error with its place; a file that has
//! one does not load.

mod cursor;
mod file;
mod names;
mod redact;
mod servers;
mod table;

pub(super) use cursor::{Cursor, shown};
pub(super) use table::{Table, Text, Value, items, number, one_of, table, text, texts, wrong_type};

use super::file::PolicyFile;
use super::problem::{E_SIZE, E_TWICE, Problem, Severity};
use super::rule::Kind;
use super::rules::Rules;
use names::Used;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What a policy may be at most: bytes of a file and of all files, files, rules.
const LARGEST: usize = 8 << 20;
const MOST_FILES: usize = 200;
const MOST_RULES: usize = 50_000;

/// What is read of all files.
#[derive(Default)]
pub(super) struct Reading {
    rules: Rules,
    used: Vec<Used>,
    /// Names that stand for something, even if that is wrong: one problem is said once.
    defined: BTreeSet<(Kind, String)>,
    problems: Vec<Problem>,
}

impl Rules {
    /// Reads policy files. All problems are found, not only the first; a warning does not keep anything from loading.
    pub fn parse(files: &[PolicyFile]) -> Result<Rules, Vec<Problem>> {
        let mut reading = Reading::default();
        if files.len() > MOST_FILES {
            reading.problem(E_SIZE, "policy.d", format!("{} files; at most {MOST_FILES}", files.len()));
        }
        for file in files.iter().take(MOST_FILES) {
            if file.text.len() > LARGEST {
                let message = format!("{} bytes; a policy file has at most {LARGEST}", file.text.len());
                reading.problem(E_SIZE, &file.name, message);
                continue;
            }
            file::read(&mut reading, file);
        }
        let rules = reading.rules.grants.len() + reading.rules.forbids.len();
        if rules > MOST_RULES {
            reading.problem(E_SIZE, "policy.d", format!("{rules} rules; at most {MOST_RULES}"));
        }
        reading.same_id_twice();
        reading.check_names();
        let Reading { mut rules, mut problems, .. } = reading;
        problems.sort_by(|a, b| (a.severity, &a.file, a.line, a.column).cmp(&(b.severity, &b.file, b.line, b.column)));
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(problems);
        }
        rules.warnings = problems;
        rules.texts = files.to_vec();
        Ok(rules)
    }
}

impl Reading {
    fn problem(&mut self, code: &'static str, file: &str, message: String) {
        let problem =
            Problem { severity: Severity::Error, code, file: file.to_owned(), line: 1, column: 1, message, hint: None };
        self.problems.push(problem);
    }

    /// Two files with one id: which of them a serial is of could not be told.
    fn same_id_twice(&mut self) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let mut twice = vec![];
        for file in &self.rules.files {
            let Some(id) = &file.id else { continue };
            if let Some(first) = seen.insert(id, &file.name) {
                twice.push((file.name.clone(), format!("id {id:?} is that of {first} too")));
            }
        }
        for (file, message) in twice {
            self.problem(E_TWICE, &file, message);
        }
    }
}

/// Adds what a name stands for. Twice the same in two files is said once; two different things are an error.
pub(super) fn define<T>(
    cx: &mut Cursor,
    all: &mut BTreeMap<String, T>,
    name: &Text,
    what: &str,
    new: T,
    same: impl Fn(&T, &T) -> bool,
) {
    match all.get(&name.value) {
        Some(old) if !same(old, &new) => {
            cx.error(E_TWICE, &name.span, format!("{what} {:?} is something else in another file", name.value));
        }
        Some(_) => {}
        None => drop(all.insert(name.value.clone(), new)),
    }
}

/// The names that owners give: short, and nothing that has to be quoted anywhere.
pub(super) fn is_own_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('-')
}

/// An empty place, for what is not in a file.
pub(super) fn nowhere() -> Range<usize> {
    0..0
}
