//! What a task has emitted so far: rows that fit the schema, and notes on what did not.

use crate::fit::fit_row;
use crate::notes::{Note, Notes, shown};
use crate::schema::{self, Section, Shape};
use crate::{Finder, Row, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The sections of a report, each with rows that fit the schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    sections: BTreeMap<String, Vec<Row>>,
    /// What could not be read, by section, in words.
    pub incomplete: Vec<Incomplete>,
}

/// Something that could not be read: the section is there, but not whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incomplete {
    pub section: String,
    pub why: String,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.section, self.why)
    }
}

impl Report {
    /// Adds rows to a section. A field that the schema does not know, a value that cannot be made to fit and a row
    /// without a required field are left out, each with a note. Rows of an object are merged into one, later ones win.
    pub fn emit(&mut self, section: &'static Section, mut rows: Vec<Row>) -> Vec<Note> {
        let mut notes = Notes::default();
        let mut finder = Finder::new(section);
        rows.retain_mut(|row| {
            fit_row(section, &mut finder, row, &mut notes);
            // An object may come in parts, so what it lacks now may still come.
            match section.lacking(row).filter(|_| section.shape == Shape::List) {
                _ if row.is_empty() => false,
                None => true,
                Some(field) => {
                    notes.add(format!("{}: a row without {}, left out", section.name, field.name));
                    false
                }
            }
        });
        self.add(section.name, section.shape, rows);
        notes.done()
    }

    /// Takes everything that `other` holds: objects field by field, where `other` wins; lists are appended.
    pub fn merge(&mut self, other: Report) {
        for (name, rows) in other.sections {
            let shape = schema::section(&name).map_or(Shape::List, |section| section.shape);
            self.add(&name, shape, rows);
        }
        self.incomplete.extend(other.incomplete);
    }

    fn add(&mut self, name: &str, shape: Shape, rows: Vec<Row>) {
        if rows.is_empty() {
            return;
        }
        let known = self.sections.entry(name.to_owned()).or_default();
        known.extend(rows);
        if shape == Shape::Object {
            let whole = known.drain(..).reduce(|mut whole, row| {
                whole.merge(row);
                whole
            });
            known.extend(whole);
        }
    }

    /// Leaves out the sections that `wanted` does not want; parts of a section go with it.
    pub fn keep_only(&mut self, wanted: impl Fn(&str) -> bool) {
        self.sections.retain(|name, _| {
            let parent = schema::section(name).and_then(|section| section.parent);
            wanted(parent.unwrap_or(name))
        });
    }

    /// The rows of a section; none when nothing was emitted.
    pub fn rows(&self, section: &str) -> &[Row] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    /// The sections that have rows, by name.
    pub fn sections(&self) -> impl Iterator<Item = (&'static Section, &[Row])> {
        self.sections.iter().filter_map(|(name, rows)| Some((schema::section(name)?, rows.as_slice())))
    }

    /// What no document can carry once everything has been emitted: an object without a required field, and rows
    /// that name a parent (`of`) that is not there.
    pub fn loose_ends(&self) -> Vec<Note> {
        let mut notes = Notes::default();
        for (section, rows) in self.sections() {
            for row in rows {
                match section.lacking(row).map(|field| (field, field.object())) {
                    Some((field, Some(object))) => {
                        notes.add(format!("{}.{object}: without {}, not sent", section.name, field.name));
                    }
                    Some((field, None)) => notes.add(format!("{}: without {}, not sent", section.name, field.name)),
                    None => {}
                }
                let Some(parent) = section.parent else { continue };
                let of = row.get("of").map(Value::to_text).unwrap_or_default();
                if !self.rows(parent).iter().any(|row| row.text("name") == Some(of.as_str())) {
                    notes.add(format!("{}: no {parent} row is called {}, not sent", section.name, shown(&of)));
                }
            }
        }
        notes.done()
    }
}
