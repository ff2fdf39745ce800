//! What tools do to plain text and numbers.

/// Without blanks around it, and with one space where there were several blanks.
pub fn single_spaced(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    plain
}

/// A number of hexadecimal digits after `0x`.
pub fn hexadecimal(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    u64::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
}

/// The beginning of a text: no more than so many bytes of whole characters.
pub fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_and_numbers() {
        assert_eq!(single_spaced("  a \t b\nc "), "a b c");
        assert_eq!(single_spaced(" "), "");
        assert_eq!(
            [hexadecimal("0x1F"), hexadecimal("1F"), hexadecimal("0x+1"), hexadecimal("0xg")],
            [Some(31), None, None, None]
        );
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!((cut("aßc", 2), cut("aßc", 3), cut("aßc", 9), cut("", 0)), ("a", "aß", "aßc", ""));
    }
}
