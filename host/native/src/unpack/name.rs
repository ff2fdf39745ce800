//! An entry's name, by the rules that a machine and a mock of one have in common.

use super::error::UnpackError;
use super::limits::Limits;
use airlock_gate::{EntryBounds, entry_components};

/// Reads a name as it stands in an archive. No component at all means the folder that is unpacked into.
pub(super) fn components(name: &[u8], limits: &Limits) -> Result<Vec<String>, UnpackError> {
    let Limits { depth, name: longest, path, entries, .. } = *limits;
    let bounds = EntryBounds { depth, name: longest, path, entries };
    entry_components(name, &bounds).map_err(|why| UnpackError::entry(name, why))
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
