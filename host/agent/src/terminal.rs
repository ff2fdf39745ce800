//! What reaches a terminal.

use airlock_gate::redact::without_secrets;
use airlock_model::is_obeyed;
pub(crate) use airlock_model::{one_line, visible};
use std::io::{self, IsTerminal, Write};

/// A person reads errors: what is longer is of no use, and may be meant to hide what was before it.
const LONGEST_ERROR: usize = 16 << 10;

/// An error as people see it: no secrets of URLs, nothing that a terminal obeys, and no line of it looks like one of
/// ours.
pub(crate) fn error_text(text: &str) -> String {
    let clean = without_secrets(text);
    let kept = clean.get(..clean.floor_char_boundary(LONGEST_ERROR)).unwrap_or_default();
    let mut shown = visible(kept).replace('\n', "\n  ");
    if kept.len() < clean.len() {
        shown.push_str(&format!("… (truncated {} bytes)", clean.len() - kept.len()));
    }
    shown
}

/// JSON for people and programs: characters that a terminal would obey are escaped, which changes nothing of what is
/// said.
pub(crate) fn json(document: &serde_json::Value) -> String {
    let plain = format!("{document:#}\n");
    if plain.is_ascii() && !plain.contains('\u{7f}') {
        return plain;
    }
    let mut out = String::with_capacity(plain.len());
    for character in plain.chars() {
        if is_obeyed(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// True when a person reads standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Writes to standard output; an error is an error, not a panic.
pub(crate) fn print(text: &str) -> io::Result<()> {
    print_bytes(text.as_bytes())
}

/// A document as it is.
pub(crate) fn print_bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_obeys_nothing_and_forges_no_line() {
        let text = "a: https://u:pw@h\n[error] compromised\r\u{1b}[2J\u{202e}";
        assert_eq!(error_text(text), "a: https://***@h\n  [error] compromised\u{fffd}\u{fffd}[2J\u{fffd}");
        let long = error_text(&"x".repeat(1 << 20));
        assert!(long.len() < 17_000 && long.ends_with("… (truncated 1032192 bytes)"), "{}", long.len());
    }

    #[test]
    fn json_says_the_same_and_obeys_nothing() {
        let document = serde_json::json!({"a": "\u{9b}1m\u{202e}\u{7f}\u{e0041}é\n\u{1b}"});
        let shown = json(&document);
        assert!(!shown.chars().any(|c| is_obeyed(c) && c != '\n') && shown.contains('é'), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), document);
    }
}
