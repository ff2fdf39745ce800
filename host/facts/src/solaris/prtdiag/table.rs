//! A table as prtdiag draws it: headings of several lines, a line of dashes that shows the columns, rows below.

use std::ops::Range;

/// More columns than any platform has.
const MOST_COLUMNS: usize = 24;
const MOST_HEADINGS: usize = 8;

pub(super) struct Table<'a> {
    /// Heading, all its lines joined, and the columns of characters.
    columns: Vec<(String, Range<usize>)>,
    pub(super) rows: Vec<&'a str>,
}

impl<'a> Table<'a> {
    /// The first table of a part that has columns.
    pub(super) fn of(lines: &[&'a str]) -> Option<Self> {
        let at = lines.iter().position(|line| dashes(line).len() > 1)?;
        let (head, rows) = lines.split_at_checked(at)?;
        let (line, rows) = rows.split_first()?;
        let mut columns: Vec<(String, Range<usize>)> =
            dashes(line).into_iter().take(MOST_COLUMNS).map(|range| (String::new(), range)).collect();
        let blank = head.iter().rposition(|line| line.trim().is_empty()).map_or(0, |at| at + 1);
        let headings = head.get(blank..).unwrap_or_default();
        for line in headings.iter().rev().take(MOST_HEADINGS).rev() {
            for (heading, range) in &mut columns {
                let words = overlapping(line, range);
                if !words.is_empty() {
                    *heading = [heading.as_str(), &words].join(" ").trim().to_owned();
                }
            }
        }
        // What the last column says may be wider than its dashes.
        if let Some((_, range)) = columns.last_mut() {
            range.end = usize::MAX;
        }
        Some(Self { columns, rows: rows.iter().copied().take_while(|row| !row.starts_with("==")).collect() })
    }

    /// The number of the first column whose heading has all these words.
    pub(super) fn column(&self, words: &[&str]) -> Option<usize> {
        self.columns.iter().position(|(heading, _)| {
            words.iter().all(|word| heading.split(' ').any(|one| one.eq_ignore_ascii_case(word)))
        })
    }

    pub(super) fn cell(&self, row: &str, column: usize) -> String {
        self.columns.get(column).map(|(_, range)| overlapping(row, range)).unwrap_or_default()
    }
}

/// Where groups of dashes stand in a line that has nothing else.
fn dashes(line: &str) -> Vec<Range<usize>> {
    if !line.contains("--") || !line.bytes().all(|b| b == b'-' || b == b' ') {
        return Vec::new();
    }
    words(line).map(|(range, _)| range).collect()
}

/// The words that touch a range of columns.
fn overlapping(line: &str, range: &Range<usize>) -> String {
    let touching = words(line).filter(|(at, _)| at.start < range.end && range.start < at.end);
    touching.map(|(_, word)| word).collect::<Vec<_>>().join(" ")
}

/// The words of a line and their places, counted in bytes: the report is in ASCII.
fn words(line: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    line.split(' ').filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some((start..start + word.len(), word))
    })
}
