//! Problems of a policy, each with its line and a mark below the place.

use super::text_of;
use crate::terminal::visible;
use airlock_gate::policy::{PolicyFile, Problem};
use std::fmt::Write;

/// Of a longer line only the part around the place is shown.
const WIDTH: usize = 100;

/// All of them, for people.
pub(super) fn in_words(problems: &[Problem], files: &[PolicyFile]) -> String {
    let mut text = String::new();
    for problem in problems {
        let _ = writeln!(text, "{}", visible(&problem.to_string()));
        text.push_str(&excerpt(text_of(files, &problem.file), problem.line, problem.column));
    }
    text
}

fn excerpt(file: &str, line: u32, column: u32) -> String {
    let (Ok(index), Ok(column)) = (usize::try_from(line), usize::try_from(column)) else { return String::new() };
    let Some(text) = index.checked_sub(1).and_then(|index| file.lines().nth(index)) else { return String::new() };
    // A tab is one character here: marks stay below what they mean.
    let characters: Vec<char> = text.chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
    let at = column.saturating_sub(1).min(characters.len());
    let skipped = at.saturating_sub(WIDTH / 2);
    let shown: String = characters.iter().skip(skipped).take(WIDTH).collect();
    let gutter = line.to_string();
    let blank = " ".repeat(gutter.len());
    let mark = " ".repeat(at - skipped);
    format!("  {gutter} | {}\n  {blank} | {mark}^\n", visible(shown.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_below_the_place() {
        assert_eq!(excerpt("a = 1\n\talow = 2\n", 2, 2), "  2 |  alow = 2\n    |  ^\n");
        assert_eq!(excerpt("a", 7, 1), "");
        let long = format!("{}X", " ".repeat(300));
        let shown = excerpt(&long, 1, 301);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0].find('X'), lines[1].find('^'));
        assert!(!excerpt("a\u{1b}[2J", 1, 1).contains('\u{1b}'));
    }
}
