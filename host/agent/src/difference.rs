//! What is new in a document: by section and row for JSON, by line for anything else.

use airlock_model::short_line;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Of a row that is shown to people, in bytes.
const LONGEST: usize = 300;
/// Rows of a section that are shown to people.
const SHOWN: usize = 20;

/// What changed in a section: rows as they are written.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    pub(crate) gone: Vec<String>,
    pub(crate) new: Vec<String>,
}

pub(crate) type Difference = BTreeMap<String, Change>;

pub(crate) fn between(old: &[u8], new: &[u8]) -> Difference {
    let (old, new) = (rows(old), rows(new));
    let mut all = Difference::new();
    let none = Vec::new();
    for section in old.keys().chain(new.keys()) {
        let (before, after) = (old.get(section).unwrap_or(&none), new.get(section).unwrap_or(&none));
        let change = Change { gone: missing(before, after), new: missing(after, before) };
        if !change.gone.is_empty() || !change.new.is_empty() {
            all.insert(section.clone(), change);
        }
    }
    all
}

/// Rows of `these` that `those` does not have, as often as they are there.
fn missing(these: &[String], those: &[String]) -> Vec<String> {
    let mut left: BTreeMap<&String, usize> = BTreeMap::new();
    for row in those {
        *left.entry(row).or_default() += 1;
    }
    let mut is_missing = |row: &String| match left.get_mut(row) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    these.iter().filter(|row| is_missing(row)).cloned().collect()
}

/// Rows by section. A member of the content that is no list is one row for each of its own members.
fn rows(document: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let Ok(Value::Object(document)) = serde_json::from_slice(document) else {
        let text = String::from_utf8_lossy(document);
        all.insert("lines".to_owned(), text.lines().map(|line| line.trim().to_owned()).collect());
        return all;
    };
    for (name, value) in document {
        match (name.as_str(), value) {
            ("content", Value::Object(content)) => {
                for (section, value) in content {
                    all.insert(section, rows_of(value));
                }
            }
            (_, value) => {
                all.entry("(document)".to_owned()).or_default().push(format!("{name}: {value}"));
            }
        }
    }
    all
}

fn rows_of(value: Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(ToString::to_string).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
        other => vec![other.to_string()],
    }
}

pub(crate) fn in_words(difference: &Difference) -> String {
    if difference.is_empty() {
        return "Nothing is new.\n".to_owned();
    }
    let mut text = String::new();
    for (section, change) in difference {
        text.push_str(&format!("{section}: {} new, {} gone\n", change.new.len(), change.gone.len()));
        for (sign, rows) in [("-", &change.gone), ("+", &change.new)] {
            for row in rows.iter().take(SHOWN) {
                text.push_str(&format!("  {sign} {}\n", short_line(row, LONGEST)));
            }
            if rows.len() > SHOWN {
                text.push_str(&format!("  {sign} … and {} more (--json)\n", rows.len() - SHOWN));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_compared_by_section_whatever_their_order() {
        let old =
            br#"{"deviceid":"a","content":{"softwares":[{"name":"x"},{"name":"y"},{"name":"y"}],"bios":{"ssn":"1"}}}"#;
        let new =
            br#"{"deviceid":"a","content":{"softwares":[{"name":"y"},{"name":"z"},{"name":"x"}],"bios":{"ssn":"2"}}}"#;
        let difference = between(old, new);
        assert_eq!(difference.keys().collect::<Vec<_>>(), ["bios", "softwares"]);
        assert_eq!(difference["softwares"].new, ["{\"name\":\"z\"}"]);
        assert_eq!(difference["softwares"].gone, ["{\"name\":\"y\"}"]);
        assert!(in_words(&difference).contains("bios: 1 new, 1 gone\n  - ssn: \"1\"\n  + ssn: \"2\"\n"));
        assert_eq!(in_words(&between(old, old)), "Nothing is new.\n");
    }

    #[test]
    fn other_documents_are_compared_by_line_and_obey_nothing() {
        let difference = between(b"<A>\n<B>1</B>\n", "<A>\n<B>\u{1b}[2J</B>\n".as_bytes());
        assert!(in_words(&difference).contains("+ <B>\u{fffd}[2J</B>"));
    }
}
