//! The differences themselves, as data.

use crate::inventory_xml::{Inventory, Row};
use crate::section_keys::{Match, how};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is different in one section.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub(crate) section: String,
    pub(crate) matched_by: String,
    /// Rows.
    pub(crate) theirs: usize,
    pub(crate) ours: usize,
    /// Keys of rows that only one has.
    pub(crate) only_theirs: Vec<String>,
    pub(crate) only_ours: Vec<String>,
    /// Fields that differ in rows that both have.
    pub(crate) fields: BTreeMap<String, Field>,
}

/// What is different in one field, over all rows of its section.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Field {
    pub(crate) differs: Vec<Difference>,
    pub(crate) only_theirs: Vec<Value>,
    pub(crate) only_ours: Vec<Value>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Difference {
    pub(crate) key: String,
    pub(crate) theirs: String,
    pub(crate) ours: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Value {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// One entry for each section that either has, by name.
pub(crate) fn find(theirs: &Inventory, ours: &Inventory) -> Vec<Section> {
    let names: BTreeSet<&String> = theirs.sections.keys().chain(ours.sections.keys()).collect();
    names.into_iter().map(|name| section(name, theirs.rows(name), ours.rows(name))).collect()
}

fn section(name: &str, theirs: &[Row], ours: &[Row]) -> Section {
    let matching = how(name);
    let mut found = Section {
        section: name.to_owned(),
        matched_by: matching.words(),
        theirs: theirs.len(),
        ours: ours.len(),
        only_theirs: Vec::new(),
        only_ours: Vec::new(),
        fields: BTreeMap::new(),
    };
    let theirs = by_key(matching, theirs);
    let mut ours = by_key(matching, ours);
    for (key, their_row) in theirs {
        let Some(our_row) = ours.remove(&key) else {
            found.only_theirs.push(key.shown());
            continue;
        };
        if !matches!(matching, Match::KeysOnly(_)) {
            compare_rows(&key.shown(), their_row, our_row, &mut found.fields);
        }
    }
    found.only_ours = ours.keys().map(Key::shown).collect();
    found
}

/// A row's key; rows with the same one are matched in their order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    text: String,
    occurrence: usize,
}

impl Key {
    fn shown(&self) -> String {
        match self.occurrence {
            0 => self.text.clone(),
            again => format!("{} (again, {again})", self.text),
        }
    }
}

fn by_key(matching: Match, rows: &[Row]) -> BTreeMap<Key, &Row> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut keyed = BTreeMap::new();
    for (position, row) in rows.iter().enumerate() {
        let Some(text) = matching.key(row, position) else { continue };
        let count = seen.entry(text.clone()).or_default();
        keyed.insert(Key { text, occurrence: *count }, row);
        *count = count.saturating_add(1);
    }
    keyed
}

fn compare_rows(key: &str, theirs: &Row, ours: &Row, fields: &mut BTreeMap<String, Field>) {
    let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    for name in names {
        let key = key.to_owned();
        match (theirs.get(name), ours.get(name)) {
            (Some(theirs), Some(ours)) if theirs == ours => {}
            (Some(theirs), Some(ours)) => {
                let difference = Difference { key, theirs: theirs.join(", "), ours: ours.join(", ") };
                fields.entry(name.clone()).or_default().differs.push(difference);
            }
            (Some(theirs), None) => {
                fields.entry(name.clone()).or_default().only_theirs.push(Value { key, value: theirs.join(", ") });
            }
            (None, Some(ours)) => {
                fields.entry(name.clone()).or_default().only_ours.push(Value { key, value: ours.join(", ") });
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory_xml::parse;

    fn found(theirs: &str, ours: &str) -> Vec<Section> {
        let wrap = |inside: &str| parse(&format!("<REQUEST><CONTENT>{inside}</CONTENT></REQUEST>")).unwrap();
        find(&wrap(theirs), &wrap(ours))
    }

    #[test]
    fn rows_are_matched_by_key_and_fields_compared() {
        let sections = found(
            "<SOFTWARES><NAME>a</NAME><ARCH>x</ARCH><VERSION>1</VERSION></SOFTWARES><SOFTWARES><NAME>b</NAME></SOFTWARES>",
            "<SOFTWARES><NAME>c</NAME></SOFTWARES><SOFTWARES><NAME>a</NAME><ARCH>x</ARCH><VERSION>2</VERSION><FROM>deb</FROM></SOFTWARES>",
        );
        let softwares = &sections[0];
        assert_eq!((softwares.theirs, softwares.ours), (2, 2));
        assert_eq!(softwares.only_theirs, ["b | -"]);
        assert_eq!(softwares.only_ours, ["c | -"]);
        let version = &softwares.fields["VERSION"].differs[0];
        assert_eq!((version.key.as_str(), version.theirs.as_str(), version.ours.as_str()), ("a | x", "1", "2"));
        assert_eq!(softwares.fields["FROM"].only_ours[0].value, "deb");
        assert!(!softwares.fields.contains_key("NAME"));
    }

    #[test]
    fn rows_with_one_key_are_matched_in_order() {
        let two = "<USERS><LOGIN>root</LOGIN></USERS><USERS><LOGIN>root</LOGIN></USERS>";
        let sections = found(two, "<USERS><LOGIN>root</LOGIN></USERS>");
        assert_eq!(sections[0].only_theirs, ["root (again, 1)"]);
    }

    #[test]
    fn processes_have_keys_only_and_unknown_sections_a_count() {
        let sections = found(
            "<PROCESSES><PID>1</PID><CMD>init</CMD><MEM>1</MEM></PROCESSES><WHATEVER><A>1</A></WHATEVER>",
            "<PROCESSES><PID>1</PID><CMD>init</CMD><MEM>2</MEM></PROCESSES><BIOS><SSN>s</SSN></BIOS>",
        );
        let by_name: BTreeMap<&str, &Section> = sections.iter().map(|one| (one.section.as_str(), one)).collect();
        assert!(by_name["PROCESSES"].fields.is_empty());
        assert_eq!((by_name["WHATEVER"].theirs, by_name["WHATEVER"].ours), (1, 0));
        assert!(by_name["WHATEVER"].only_theirs.is_empty());
        assert_eq!(by_name["BIOS"].only_ours, ["#1"]);
    }
}
