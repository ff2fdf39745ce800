//! Text from outside, for people: nothing in it is obeyed by a terminal, hides or reorders what stands beside it, or
//! begins a line of its own. The one place that knows which characters do that.

use std::borrow::Cow;

/// True for a character that a terminal, a pager or an editor would obey rather than show: C0, DEL and C1 controls, what
/// sets the direction of text, breaks lines and paragraphs, and invisible marks that can carry another text.
pub fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{180e}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The text with everything that would be obeyed made visible, but for the ends of lines.
pub fn visible(text: &str) -> String {
    replaced(text, |c| is_obeyed(c) && c != '\n').into_owned()
}

/// The text on one line, with everything that would be obeyed made visible.
pub fn one_line(text: &str) -> Cow<'_, str> {
    replaced(text, is_obeyed)
}

/// The text on one line and of at most `most` bytes; what is cut off is counted in it.
pub fn short_line(text: &str, most: usize) -> String {
    if text.len() <= most {
        return one_line(text).into_owned();
    }
    let kept = text.get(..text.floor_char_boundary(most)).unwrap_or_default();
    format!("{}… (truncated {} bytes)", one_line(kept), text.len() - kept.len())
}

fn replaced(text: &str, bad: impl Fn(char) -> bool + Copy) -> Cow<'_, str> {
    // Most text is plain.
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || !text.chars().any(bad) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if bad(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_obeyed_stays() {
        let obeyed = (0..0x20_u32)
            .chain(0x7f..0xa0)
            .chain([0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff, 0xe0041])
            .chain(0x202a..=0x202e)
            .chain(0x2066..=0x2069)
            .filter_map(char::from_u32);
        for character in obeyed {
            let text = format!("a{character}b");
            assert_eq!(one_line(&text), "a\u{fffd}b", "{character:?}");
            assert_eq!(visible(&text) == text, character == '\n', "{character:?}");
        }
    }

    #[test]
    fn ordinary_text_of_any_language_stays() {
        for text in ["", "plain", "Ärger 日本語 עברית", "👩\u{200d}💻", "می\u{200c}خواهم", "a\u{ad}b"]
        {
            assert_eq!(visible(text), text);
            assert!(matches!(one_line(text), Cow::Borrowed(_)));
        }
    }

    #[test]
    fn what_is_cut_off_is_counted() {
        assert_eq!(short_line("abc", 3), "abc");
        assert_eq!(short_line("abcdef", 3), "abc… (truncated 3 bytes)");
        assert_eq!(short_line("ä\n€", 3), "ä\u{fffd}… (truncated 3 bytes)");
        assert_eq!(short_line("€€", 2), "… (truncated 6 bytes)");
    }
}
