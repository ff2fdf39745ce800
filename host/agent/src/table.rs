//! Columns of text, for people.

use crate::terminal::one_line;

/// Rows under a heading, each column as wide as its widest cell. A column whose heading begins with `>` is set to the
/// right (numbers).
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let names: Vec<String> = heading.iter().map(|h| h.trim_start_matches('>').to_owned()).collect();
    let right: Vec<bool> = heading.iter().map(|h| h.starts_with('>')).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| one_line(cell).into_owned()).collect()).collect();
    let mut widths: Vec<usize> = names.iter().map(|n| n.chars().count()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let padded =
            cells.iter().zip(&widths).zip(&right).map(|((cell, width), right)| {
                if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    std::iter::once(&names).chain(&rows).map(|cells| line(cells)).collect()
}

/// `1 file`, `2 files`: for words whose plural has an s and nothing else.
pub(crate) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        assert_eq!([0, 1, 2].map(|n| counted(n, "file")), ["0 files", "1 file", "2 files"]);
    }

    #[test]
    fn columns_line_up_and_obey_no_escape() {
        let rows = vec![vec!["cpus".to_owned(), "7".to_owned()], vec!["a\u{1b}[2J".to_owned(), "123".to_owned()]];
        assert_eq!(table(&["section", ">rows"], &rows), "section  rows\ncpus        7\na\u{fffd}[2J     123\n");
    }
}
