//! `agent.cfg` and the plugins' `.cfg` files: one directive a line.
//!
//! A pure function from text to directives; which keys there are, and where an include leads, is for the caller. A line
//! that is neither a directive nor empty nor a comment has no effect in those files either, but it is handed on, so that
//! somebody can be told.

use std::borrow::Cow;

/// One line that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// From 1.
    pub line: usize,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// `key = value`. The key is as it was written; the value has lost its quotes, or its comment.
    Setting { key: String, value: String },
    /// `include "path"`, `include path`, `include = path`.
    Include { path: String },
    /// Neither: it has no effect.
    Nothing { text: String },
}

/// The text of a file: UTF-8, else Latin-1, which older packages' files are in.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The directives of a file, in its order: a later one overrides an earlier one, so the place of an include matters.
pub fn directives(text: &str) -> Vec<Directive> {
    let lines = text.split('\n').enumerate();
    lines.filter_map(|(index, line)| Some(Directive { line: index.saturating_add(1), what: read(line)? })).collect()
}

fn read(line: &str) -> Option<What> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let (key, rest) = line.split_at(line.find(|c| !is_key(c)).unwrap_or(line.len()));
    let assigned = rest.trim_start().strip_prefix('=');
    Some(if key.eq_ignore_ascii_case("include") && (assigned.is_some() || rest.starts_with(char::is_whitespace)) {
        match value(assigned.unwrap_or(rest).trim()) {
            path if path.is_empty() => What::Nothing { text: line.to_owned() },
            path => What::Include { path },
        }
    } else if let Some(assigned) = assigned.filter(|_| !key.is_empty()) {
        What::Setting { key: key.to_owned(), value: value(assigned.trim()) }
    } else {
        What::Nothing { text: line.to_owned() }
    })
}

/// In quotes: what is between the first and the last of them, as it is. Else a comment ends it, when there is one: a `#`
/// with something behind it.
fn value(text: &str) -> String {
    let quoted = ['\'', '"'].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?;
        inner.rfind(quote).and_then(|end| inner.get(..end))
    });
    if let Some(quoted) = quoted {
        return quoted.to_owned();
    }
    match text.split_once('#') {
        Some((before, comment)) if !comment.is_empty() => before.trim_end().to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(line: &str) -> (String, String) {
        match read(line) {
            Some(What::Setting { key, value }) => (key, value),
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[test]
    fn values_with_quotes_comments_and_spaces() {
        for (line, value) in [
            ("tag = office", "office"),
            ("  tag=office  \r", "office"),
            ("tag\t=\toffice # the one in the north", "office"),
            ("tag = office#north", "office"),
            ("tag = office #", "office #"),
            ("tag = # nothing", ""),
            ("tag =", ""),
            ("tag = 'a # b' # c", "a # b"),
            ("tag = \" a \"", " a "),
            ("tag = 'it's it'", "it's it"),
            ("tag = 'no end", "'no end"),
            ("tag = 'no end # c", "'no end"),
            ("tag = ''", ""),
            ("tag = \"", "\""),
            ("tag = a = b", "a = b"),
            ("tag = a 'b'", "a 'b'"),
        ] {
            assert_eq!(setting(line), ("tag".to_owned(), value.to_owned()), "{line:?}");
        }
    }

    #[test]
    fn includes_in_each_of_their_forms() {
        for line in [
            "include \"conf.d/\"",
            "include conf.d/",
            "Include 'conf.d/'  ",
            "INCLUDE = conf.d/ # more",
            "include= \"conf.d/\"",
            "  include\tconf.d/",
        ] {
            assert_eq!(read(line), Some(What::Include { path: "conf.d/".to_owned() }), "{line:?}");
        }
        assert_eq!(setting("includes = x").0, "includes");
    }

    #[test]
    fn what_says_nothing_is_handed_on_with_its_line() {
        let text = "# comment\n\n  # another\nserver http://glpi\n= x\ninclude\ntag = t\ninclude \"\"\n";
        let nothing = |line, text: &str| Directive { line, what: What::Nothing { text: text.to_owned() } };
        let tag = What::Setting { key: "tag".to_owned(), value: "t".to_owned() };
        assert_eq!(
            directives(text),
            [
                nothing(4, "server http://glpi"),
                nothing(5, "= x"),
                nothing(6, "include"),
                Directive { line: 7, what: tag },
                nothing(8, "include \"\"")
            ]
        );
    }

    #[test]
    fn older_encodings_are_read() {
        assert_eq!(decode("\u{feff}tag = Zürich".as_bytes()), "tag = Zürich");
        assert_eq!(decode(b"tag = Z\xfcrich"), "tag = Zürich");
    }

    proptest::proptest! {
        /// Whatever is in quotes, and whatever is around the directive, the value is what was meant.
        #[test]
        fn a_quoted_value_is_taken_as_it_is(inner in "[^\"\n\r]{0,20}", before in "[ \t]{0,3}", after in "[ \t]{0,3}") {
            let line = format!("{before}key{after}={before}\"{inner}\"{after}");
            proptest::prop_assert_eq!(setting(&line).1, inner);
        }

        /// A line is a line: no text makes more directives than it has lines, and each has its own number.
        #[test]
        fn no_line_says_two_things(text in "[a-z=#'\" \n]{0,200}") {
            let found = directives(&text);
            proptest::prop_assert!(found.windows(2).all(|pair| pair[0].line < pair[1].line));
            proptest::prop_assert!(found.last().is_none_or(|last| last.line <= text.split('\n').count()));
        }
    }
}
