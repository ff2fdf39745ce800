//! An entry's name: the names of folders and at last of the thing itself. A name that needs interpreting is refused, and
//! nothing is corrected: whoever packed `../x` did not mean `x`.

use super::error::UnpackError;
use super::limits::Limits;

/// Reads a name as it stands in an archive. No component at all means the folder that is unpacked into.
pub(super) fn components(name: &[u8], limits: &Limits) -> Result<Vec<String>, UnpackError> {
    let refused = |why: &str| Err(UnpackError::entry(name, why));
    if name.is_empty() {
        return refused("an empty name");
    }
    if name.len() > limits.path {
        return refused(&format!("a path of {} bytes; at most {} are taken", name.len(), limits.path));
    }
    let Ok(text) = std::str::from_utf8(name) else { return refused("a name that is not UTF-8") };
    if text.starts_with('/') {
        return refused("an absolute name");
    }
    if text.contains('\\') {
        return refused("a backslash, which separates folders on some machines and not on others");
    }
    if text.chars().any(char::is_control) {
        return refused("a control character");
    }
    let mut components = Vec::new();
    for part in text.strip_suffix('/').unwrap_or(text).split('/') {
        match part {
            "." => {}
            "" => return refused("an empty component"),
            ".." => return refused("a component .., which leads outside"),
            part if part.len() > limits.name => return refused("a component that is too long"),
            part => components.push(part.to_owned()),
        }
    }
    if components.first().is_some_and(|first| is_drive(first)) {
        return refused("a drive letter");
    }
    if components.len() > limits.depth {
        return refused(&format!("folders {} deep; at most {} are taken", components.len(), limits.depth));
    }
    Ok(components)
}

fn is_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_components() {
        let limits = Limits::default();
        for (name, expected) in [
            ("a", vec!["a"]),
            ("./a/b.txt", vec!["a", "b.txt"]),
            ("a/./b/", vec!["a", "b"]),
            ("./", vec![]),
            (".", vec![]),
            ("...", vec!["..."]),
            ("a b/ä:c", vec!["a b", "ä:c"]),
        ] {
            assert_eq!(components(name.as_bytes(), &limits).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let limits = Limits::default();
        let (long, deep) = ("x".repeat(256), "d/".repeat(33));
        let wide = "y/".repeat(513);
        for name in [
            "", "..", "../x", "a/../b", "a/..", "/etc/x", "//x", "a//b", "C:/x", "c:x", "a\\b", "..\\x", "a\0b",
            "a\nb", "\u{7f}", "\u{85}", &long, &deep, &wide,
        ] {
            let error = components(name.as_bytes(), &limits).unwrap_err();
            assert!(error.is_refused(), "{name:?}");
        }
        assert!(components(b"\xff\xfe", &limits).is_err());
    }

    #[test]
    fn a_sentence_shows_the_name_escaped_and_cut() {
        let name = format!("../\u{1b}]0;x\u{7}{}", "z".repeat(500));
        let text = components(name.as_bytes(), &Limits::default()).unwrap_err().to_string();
        assert!(text.contains("../") && text.len() < 400 && !text.contains('\u{1b}'), "{text}");
    }
}
