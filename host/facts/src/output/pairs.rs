//! The form that many tools print in: `Name: value` lines.

/// `Name : value` of a line that starts with its name; the value may be empty.
pub(crate) fn pair(line: &str) -> Option<(&str, &str)> {
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    indented_pair(line)
}

/// The same of a line that may be indented.
pub(crate) fn indented_pair(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim();
    (!name.is_empty()).then_some((name, value.trim()))
}

/// The value of the first line with that name.
pub(crate) fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = text.lines().filter_map(indented_pair);
    pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        assert_eq!(pair("Version  : 1:2"), Some(("Version", "1:2")));
        assert_eq!(pair("  Version: 1"), None);
        assert_eq!(value("a\n  Agent state : On \nx:", "agent STATE"), Some("On"));
        assert_eq!(value("x:\n", "x"), None);
    }
}
