//! The walk over dmidecode's text: one record a structure of the table.

use crate::smbios::{Word, meaningful};
use std::borrow::Cow;

/// More than the largest servers have.
const MOST_RECORDS: usize = 16_384;
/// Texts are names of things: what is longer is cut there.
const LONGEST_TEXT: usize = 1024;

/// One structure as it is printed: a handle, a type, and lines of which most are `Label: value`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) handle: &'a str,
    pub(super) kind: u8,
    body: &'a str,
}

/// The records of a text. Before version 2.7 the type stands on a line of its own.
pub(super) fn records(text: &str) -> Vec<Record<'_>> {
    let starts = text.match_indices("Handle 0x").map(|(at, _)| at).filter(|at| starts_line(text, *at));
    let starts: Vec<usize> = starts.take(MOST_RECORDS).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| record(text.get(*start..end)?)).collect()
}

fn starts_line(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'))
}

fn record(text: &str) -> Option<Record<'_>> {
    let (head, body) = text.split_once("DMI type ")?;
    // The type belongs to the handle's line or the one below it.
    if head.len() > 64 {
        return None;
    }
    let handle = head.strip_prefix("Handle ")?.trim_end().trim_end_matches(',');
    let (kind, body) = body.split_once([',', '\n'])?;
    Some(Record { handle, kind: kind.trim().parse().ok()?, body })
}

impl<'a> Record<'a> {
    fn lines(&self) -> impl Iterator<Item = &'a str> {
        self.body.lines().map(str::trim)
    }

    /// What stands behind a label, as it is printed.
    pub(super) fn value(&self, label: &str) -> Option<&'a str> {
        let value = self.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(':'))?.trim();
        let end = value.char_indices().nth(LONGEST_TEXT).map_or(value.len(), |(at, _)| at);
        value.get(..end)
    }

    /// The same, if it says something.
    pub(super) fn text(&self, label: &str) -> Option<String> {
        self.value(label).and_then(meaningful)
    }

    pub(super) fn word(&self, label: &str) -> Option<Word> {
        self.text(label).map(Cow::Owned)
    }

    /// The number at the beginning of a value.
    pub(super) fn number(&self, label: &str) -> Option<u16> {
        let value = self.value(label)?;
        let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
        value.get(..end)?.parse().ok().filter(|number| *number != 0)
    }

    /// True for a value of `Yes`.
    pub(super) fn yes(&self, label: &str) -> bool {
        self.value(label) == Some("Yes")
    }

    /// True when a line says this, as the lists of features do.
    pub(super) fn says(&self, words: &str) -> bool {
        self.lines().any(|line| line == words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_both_layouts() {
        let text = "# dmidecode 3.5\r\nHandle 0x0001, DMI type 1, 27 bytes\r\nSystem Information\r\n\tSerial Number: S 1 \r\n\
                    \r\nHandle 0x0002\n\tDMI type 2, 8 bytes.\n\tBase Board Information\n\t\tFeatures:\n\t\t\tBoard is fine\n\
                    \t\tHandle 0x0003, DMI type 3\nHandle 0x0004\nHandle 0x0005, DMI type 999, 1\n";
        let records = records(text);
        assert_eq!(records.iter().map(|r| (r.handle, r.kind)).collect::<Vec<_>>(), [("0x0001", 1), ("0x0002", 2)]);
        assert_eq!(records[0].value("Serial Number"), Some("S 1"));
        assert_eq!(records[0].value("Serial"), None);
        assert!(records[1].says("Board is fine") && !records[1].says("Board"));
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = format!("Handle 0x0001, DMI type 1, 1\n\tName: {}\n", "é".repeat(5000));
        assert_eq!(records(&text)[0].text("Name").map(|name| name.chars().count()), Some(LONGEST_TEXT));
    }
}
