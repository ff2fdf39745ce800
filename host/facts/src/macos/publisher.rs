//! Who publishes a program: by its signature, by where the system keeps its own, or by its copyright line.

/// What a publisher's name was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The program is part of the system: its folder, or where it was obtained from.
    System,
    /// A folder that holds nothing but Apple's own frameworks and services.
    Framework,
    Signature,
    Copyright,
}

/// Lines of a program's own words that are read, and what is read of one, in bytes.
const LINES: usize = 20;
const LENGTH: usize = 400;

/// Folders of the system's own services and frameworks, wherever a copy of them is.
const FRAMEWORKS: [&str; 2] = ["/System/Library/CoreServices/", "/System/Library/Frameworks/"];

pub(super) fn by_framework(location: &str) -> bool {
    FRAMEWORKS.iter().any(|folder| location.contains(folder))
}

/// `Developer ID Application: Example Corporation (AB12CD34EF), Developer ID Certification Authority, …`, or only the
/// first of these names.
pub(super) fn by_signature(signed_by: &str) -> Option<String> {
    let (_, name) = signed_by.split_once("Developer ID Application: ")?;
    let name = name.split(", Developer ID Certification Authority").next().unwrap_or(name);
    let name = match name.rsplit_once(" (") {
        Some((name, team)) if team.ends_with(')') => name,
        _ => name,
    };
    tidy(name)
}

/// The name in `1.2, Copyright © 2007-2010 Example, Inc. All rights reserved.`
pub(super) fn by_copyright(info: &str) -> Option<String> {
    let mut lines = info.lines().take(LINES).map(|line| line.get(..line.floor_char_boundary(LENGTH)).unwrap_or(line));
    let mut rest = lines.find(|line| mark(line).is_some())?;
    // `© Copyright`, `Copyright (c)`: what stands behind the last of them.
    while let Some((_, behind)) = mark(rest) {
        rest = behind;
    }
    let name = rest.trim_start_matches(|c: char| !c.is_alphabetic());
    let name = name.strip_prefix("by ").unwrap_or(name);
    // Behind the name: years, or rights.
    let end = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let name = name.get(..end)?.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–'));
    let lower = name.to_ascii_lowercase();
    let name = lower.find("all rights reserved").and_then(|at| name.get(..at)).unwrap_or(name).trim_end();
    tidy(name)
}

/// The first mark of a copyright in a text: what stands before and behind it.
fn mark(text: &str) -> Option<(&str, &str)> {
    let marks = ["©", "(c)", "(C)", "Copyright", "copyright", "\u{fffd}"];
    let (at, mark) = marks.iter().filter_map(|mark| text.find(mark).map(|at| (at, mark))).min()?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// A company's name without what says only that it is one.
fn tidy(name: &str) -> Option<String> {
    let name = name.split(", ").next().unwrap_or(name).trim();
    if name.split_whitespace().next().map(|word| word.trim_end_matches(',')) == Some("Apple") {
        return Some("Apple".to_owned());
    }
    let stop = name.trim_end_matches('.');
    let tidied = [" Corporation", " CORPORATION"].iter().find_map(|word| stop.strip_suffix(word)).map(str::to_owned);
    let tidied = tidied.or_else(|| stop.strip_suffix(" Incorporated").map(|name| format!("{name} Inc.")));
    Some(tidied.unwrap_or_else(|| name.to_owned())).filter(|name| name.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures() {
        for (signed, name) in [
            ("Developer ID Application: Example Corporation (AB12CD34EF)", Some("Example")),
            (
                "Developer ID Application: Example, Inc. (AB12CD34EF), Developer ID Certification Authority, X",
                Some("Example"),
            ),
            ("Developer ID Application: Jane Doe, Developer ID Certification Authority", Some("Jane Doe")),
            ("Software Signing", None),
        ] {
            assert_eq!(by_signature(signed).as_deref(), name, "{signed}");
        }
    }

    #[test]
    fn copyrights() {
        for (info, name) in [
            ("2.1, Copyright © 2004–2009 Apple Inc. All rights reserved.", Some("Apple")),
            ("2.2 ©2010, Apple, Inc", Some("Apple")),
            ("1.0, Copyright (C) EXAMPLE CORPORATION 2001-2009. All rights reserved.", Some("EXAMPLE")),
            ("© 1984-2010 Example Systems Incorporated. All rights reserved.", Some("Example Systems Inc.")),
            ("Copyright 2009 Example, L.P.", Some("Example")),
            ("Example 3.0\n(c) 2004 Example Foundation.", Some("Example Foundation.")),
            ("Copyright 2009", None),
            ("Example 3.0", None),
            ("©©©", None),
        ] {
            assert_eq!(by_copyright(info).as_deref(), name, "{info}");
        }
    }
}
