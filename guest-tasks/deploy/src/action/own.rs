//! Two commands that mean something here without a template: `airlock task run NAME.wasm [ARGUMENT…]` runs a component
//! that came with the job, `airlock package install NAME [FOLDER]` installs a package that did.
//!
//! Words are parted as a plain shell does it, with quotes. What would be more than words to a shell is none of these.

use crate::job::file::is_name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Own {
    Component { name: String, arguments: Vec<String> },
    Package { name: String, into: Option<String> },
}

pub(super) fn of(line: &str) -> Option<Own> {
    let words = words(line)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["airlock", "task", "run", name, arguments @ ..] if is_name(name) && name.ends_with(".wasm") => {
            let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
            Some(Own::Component { name: (*name).to_owned(), arguments })
        }
        ["airlock", "package", "install", name, rest @ ..] if is_name(name) && rest.len() <= 1 => {
            Some(Own::Package { name: (*name).to_owned(), into: rest.first().map(|&into| into.to_owned()) })
        }
        _ => None,
    }
}

/// The words of a line; none where a shell would do more than part it.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.trim().chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (Some('"'), '$' | '`' | '\\') => return None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (None, c) if c.is_control() || "|&;<>()$`\\*?[]{}#~!".contains(c) => return None,
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_and_packages() {
        let component = |name: &str, arguments: &[&str]| {
            let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
            Some(Own::Component { name: name.to_owned(), arguments })
        };
        assert_eq!(of("airlock task run acme.wasm"), component("acme.wasm", &[]));
        assert_eq!(of("airlock  task run acme.wasm 'a b' \"c\" ''"), component("acme.wasm", &["a b", "c", ""]));
        assert_eq!(
            of("airlock package install acme-2.tar.gz /opt/acme"),
            Some(Own::Package { name: "acme-2.tar.gz".into(), into: Some("/opt/acme".into()) })
        );
    }

    #[test]
    fn what_is_more_than_words_is_none_of_them() {
        for line in [
            "airlock task run acme.wasm; rm -rf /",
            "airlock task run acme.wasm $(id)",
            "airlock task run acme.wasm `id`",
            "airlock task run \"$HOME.wasm\"",
            "airlock task run ../acme.wasm",
            "airlock task run /opt/acme.wasm",
            "airlock task run acme.sh",
            "airlock task run 'acme.wasm",
            "airlock package install a b c",
            "airlock package install",
            "AIRLOCK task run acme.wasm",
            "",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
