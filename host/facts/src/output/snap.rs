//! `snap list` and `snap info NAME`, and the description `meta/snap.yaml` in each snap (snapcraft.io/docs/snap-format).
//!
//! Of YAML only what these need is read: scalars at the left edge, and lists of scalars below them. Whatever else there is
//! (anchors, flow maps, blocks of text) is passed over.

use crate::output::package::{Package, bytes};
use airlock_model::Row;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub revision: &'a str,
    pub publisher: &'a str,
}

/// What others stand on is not what somebody installed. These are types of snap.yaml and notes of the list.
pub(crate) const FOUNDATIONS: [&str; 6] = ["base", "core", "os", "snapd", "kernel", "gadget"];

/// The installed snaps without the foundations. The first line names the columns; each is one word, the last one too.
pub fn list(text: &str) -> Vec<Installed<'_>> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("Name "));
    let Some(head) = lines.next() else { return Vec::new() };
    let column = |name| head.split_whitespace().position(|word| word == name);
    let (Some(version), Some(revision)) = (column("Version"), column("Rev")) else { return Vec::new() };
    let publisher = column("Publisher").or_else(|| column("Developer"));
    lines.filter_map(|line| of_line(line, version, revision, publisher)).collect()
}

fn of_line(line: &str, version: usize, revision: usize, publisher: Option<usize>) -> Option<Installed<'_>> {
    let word = |place| line.split_whitespace().nth(place);
    let name = word(0)?;
    let notes = line.split_whitespace().next_back()?;
    if notes.split(',').any(|note| FOUNDATIONS.contains(&note)) {
        return None;
    }
    let publisher = publisher.and_then(word).map(unmarked).unwrap_or_default();
    Some(Installed { name, version: word(version)?, revision: word(revision)?, publisher })
}

/// One of them with what `snap info` says of it.
pub fn package(installed: &Installed<'_>, info: &str) -> Row {
    let said = |name| scalar(info, name).unwrap_or_default();
    let publisher = Some(unmarked(said("publisher"))).filter(|name| !name.is_empty()).unwrap_or(installed.publisher);
    let package = Package {
        name: installed.name.into(),
        version: installed.version.into(),
        bytes: installed_size(said("installed")),
        from: "snap",
        publisher: publisher.into(),
        comments: said("summary").into(),
        helplink: said("contact"),
        ..Package::default()
    };
    package.row()
}

/// `5.61.0  (32) 273MB -`: behind the revision.
fn installed_size(line: &str) -> Option<u64> {
    let (_, rest) = line.rsplit_once(')')?;
    bytes(rest.split_whitespace().next()?)
}

/// Without the signs that the store gives to those it has verified or starred.
fn unmarked(publisher: &str) -> &str {
    publisher.trim_end_matches(['*', '✓', '✪']).trim_end()
}

/// The value of a key at the left edge. Of a block of text, nothing.
pub(crate) fn scalar<'a>(yaml: &'a str, key: &str) -> Option<&'a str> {
    let value = yaml.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let value = unquoted(value.trim());
    (!value.is_empty() && !value.starts_with(['|', '>', '[', '{', '&', '!'])).then_some(value)
}

/// The first of the values of a key at the left edge: `key: [a, b]`, or a list below it.
pub(crate) fn first_of<'a>(yaml: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = yaml.lines();
    let value = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?.trim();
    let first = match value.strip_prefix('[') {
        Some(list) => list.split([',', ']']).next()?,
        None if value.is_empty() => lines.next()?.trim_start().strip_prefix("- ")?,
        None => value,
    };
    let first = unquoted(first.trim());
    (!first.is_empty()).then_some(first)
}

fn unquoted(value: &str) -> &str {
    for quote in ['\'', '"'] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_and_its_description_are_a_row() {
        let text = "Name    Version  Rev   Tracking       Publisher    Notes\n\
                    core22  2023     1033  latest/stable  canonical**  base\n\
                    draw    3.2      7     latest/stable  lab✓         classic\n\
                    short\n";
        let list = list(text);
        assert_eq!(list, [Installed { name: "draw", version: "3.2", revision: "7", publisher: "lab" }]);
        let info = "name:      draw\nsummary:   \"Pictures: many\"\npublisher: The Lab✓\ncontact:   mailto:a@example.org\n\
                    description: |\n  summary: none of it\ninstalled:          3.2             (7) 12MB classic\n";
        let draw = Row::new()
            .with("name", "draw")
            .with("version", "3.2")
            .with("filesize", 12_i64 << 20)
            .with("from", "snap")
            .with("publisher", "The Lab")
            .with("comments", "Pictures: many")
            .with("helplink", "mailto:a@example.org");
        assert_eq!(package(&list[0], info), draw);
        assert_eq!(package(&list[0], "installed: ) -\n").text("publisher"), Some("lab"));
    }

    #[test]
    fn of_yaml_only_what_is_plain() {
        let yaml = "name: a\narchitectures:\n  - amd64\n  - arm64\nsummary: >\n  text\ntype: 'app'\nbase:\n";
        assert_eq!(scalar(yaml, "type"), Some("app"));
        assert_eq!([scalar(yaml, "summary"), scalar(yaml, "base"), scalar(yaml, "nam")], [None; 3]);
        assert_eq!(first_of(yaml, "architectures"), Some("amd64"));
        assert_eq!(first_of("architectures: [ all ]\n", "architectures"), Some("all"));
        assert_eq!(first_of("architectures:\n", "architectures"), None);
        assert!(list("error: cannot list snaps\n").is_empty());
    }
}
