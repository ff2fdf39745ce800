//! The differences, to be read: first how many, then examples.

use super::difference::{Field, Section};
use std::fmt::Write;

/// Longer values are cut, to keep one difference on one line.
const MAX_VALUE: usize = 90;

pub(crate) fn text(sections: &[Section], samples: usize) -> String {
    let mut out = String::new();
    for section in sections {
        // Writing to a String does not fail.
        let _ = write_section(&mut out, section, samples);
    }
    out
}

fn write_section(out: &mut String, section: &Section, samples: usize) -> std::fmt::Result {
    let Section { section: name, matched_by, theirs, ours, .. } = section;
    let same = section.only_theirs.is_empty() && section.only_ours.is_empty() && section.fields.is_empty();
    let verdict = match matched_by.as_str() {
        "count" => "counted only",
        _ if same => "the same",
        _ => "",
    };
    let line = format!("{name:<18} theirs {theirs:>5}   ours {ours:>5}   by {matched_by}   {verdict}");
    writeln!(out, "{}", line.trim_end())?;
    write_keys(out, "only theirs", &section.only_theirs, samples)?;
    write_keys(out, "only ours", &section.only_ours, samples)?;
    for (name, field) in &section.fields {
        write_field(out, name, field, samples)?;
    }
    Ok(())
}

fn write_keys(out: &mut String, what: &str, keys: &[String], samples: usize) -> std::fmt::Result {
    if keys.is_empty() {
        return Ok(());
    }
    writeln!(out, "  rows {what}: {}", keys.len())?;
    for key in keys.iter().take(samples) {
        writeln!(out, "      {}", shown(key))?;
    }
    write_rest(out, keys.len(), samples)
}

fn write_field(out: &mut String, name: &str, field: &Field, samples: usize) -> std::fmt::Result {
    if !field.differs.is_empty() {
        writeln!(out, "  {name} differs: {}", field.differs.len())?;
        for one in field.differs.iter().take(samples) {
            writeln!(out, "      {}: theirs {}, ours {}", shown(&one.key), quoted(&one.theirs), quoted(&one.ours))?;
        }
        write_rest(out, field.differs.len(), samples)?;
    }
    for (what, values) in [("only theirs", &field.only_theirs), ("only ours", &field.only_ours)] {
        if values.is_empty() {
            continue;
        }
        writeln!(out, "  {name} {what}: {}", values.len())?;
        for one in values.iter().take(samples) {
            writeln!(out, "      {}: {}", shown(&one.key), quoted(&one.value))?;
        }
        write_rest(out, values.len(), samples)?;
    }
    Ok(())
}

fn write_rest(out: &mut String, all: usize, samples: usize) -> std::fmt::Result {
    match all.saturating_sub(samples) {
        0 => Ok(()),
        rest => writeln!(out, "      … and {rest} more"),
    }
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", shown(value))
}

/// On one line, not too long, and without control characters: these are values from devices, shown on a terminal.
fn shown(value: &str) -> String {
    let mut text: String = value
        .chars()
        .take(MAX_VALUE)
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .collect();
    if value.chars().nth(MAX_VALUE).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::difference::find;
    use super::*;
    use crate::inventory_xml::parse;

    #[test]
    fn differences_are_counted_and_shown() {
        let rows = |version: &str, count: usize| -> String {
            (0..count)
                .map(|n| format!("<SOFTWARES><NAME>p{n}</NAME><VERSION>{version}</VERSION></SOFTWARES>"))
                .collect()
        };
        let wrap = |inside: String| parse(&format!("<REQUEST><CONTENT>{inside}</CONTENT></REQUEST>")).unwrap();
        let out = text(&find(&wrap(rows("1", 5)), &wrap(rows("2", 4))), 2);
        let expected = "\
SOFTWARES          theirs     5   ours     4   by NAME + ARCH
  rows only theirs: 1
      p4 | -
  VERSION differs: 4
      p0 | -: theirs \"1\", ours \"2\"
      p1 | -: theirs \"1\", ours \"2\"
      … and 2 more
";
        assert_eq!(out, expected);
    }

    #[test]
    fn values_cannot_drive_the_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(shown(&"x".repeat(200)).chars().count(), MAX_VALUE + 1);
    }
}
