//! A decimal number with the word that follows it.

use std::fmt;

/// How many parts of one are kept.
const PARTS: u128 = 1_000_000;

/// A number that is not negative, exact to a millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    millionths: u128,
}

impl Number {
    /// The number at the beginning of a text, and what follows it, trimmed. Commas and spaces may stand between groups
    /// of three digits; one comma before any other number of digits is a decimal comma.
    pub fn leading(text: &str) -> Option<(Self, &str)> {
        let text = text.trim();
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}');
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let (digits, rest) = text.split_at_checked(end)?;
        Some((Self::parse(digits.trim_end())?, rest.trim()))
    }

    /// A number without anything around it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 40 || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let (whole, part) = match text.rsplit_once('.') {
            Some((whole, part)) => (whole, part),
            None => decimal_comma(text).unwrap_or((text, "")),
        };
        let mut millionths = grouped(whole)?.checked_mul(PARTS)?;
        let mut weight = PARTS;
        for digit in part.chars() {
            weight /= 10;
            millionths = millionths.checked_add(u128::from(digit.to_digit(10)?) * weight)?;
        }
        Some(Self { millionths })
    }

    pub fn times(self, factor: u64) -> Option<Self> {
        Some(Self { millionths: self.millionths.checked_mul(u128::from(factor))? })
    }

    /// Divided; none by zero.
    pub fn over(self, divisor: u64) -> Option<Self> {
        Some(Self { millionths: self.millionths.checked_div(u128::from(divisor))? })
    }

    /// What is before the decimal point.
    pub fn whole(self) -> Option<u64> {
        u64::try_from(self.millionths / PARTS).ok()
    }

    /// The nearest whole number.
    pub fn rounded(self) -> Option<u64> {
        u64::try_from(self.millionths.checked_add(PARTS / 2)? / PARTS).ok()
    }

    pub(super) fn without_fraction(self) -> Self {
        Self { millionths: self.millionths / PARTS * PARTS }
    }
}

/// `1,5` but not `1,500`, which is a thousand and five hundred.
fn decimal_comma(text: &str) -> Option<(&str, &str)> {
    let (whole, part) = text.split_once(',')?;
    (part.len() != 3 && part.bytes().all(|b| b.is_ascii_digit())).then_some((whole, part))
}

fn grouped(text: &str) -> Option<u128> {
    let mut number: u128 = 0;
    for c in text.chars() {
        if matches!(c, ',' | ' ' | '\u{a0}') {
            continue;
        }
        number = number.checked_mul(10)?.checked_add(u128::from(c.to_digit(10)?))?;
    }
    Some(number)
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.millionths / PARTS, self.millionths % PARTS);
        if part == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{part:06}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (text, number) in [
            ("7", "7"),
            ("07", "7"),
            ("1.25", "1.25"),
            ("1,5", "1.5"),
            ("1,500", "1500"),
            ("12 345 678", "12345678"),
            ("1,234,567.8", "1234567.8"),
            ("0.0000001", "0"),
        ] {
            assert_eq!(Number::parse(text).map(|n| n.to_string()).as_deref(), Some(number), "{text}");
        }
        for text in ["", "x", ".5", "-1", "1.x", "1.2.3", "1234567890123456789012345678901234567890123"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_leads_its_unit() {
        let (number, rest) = Number::leading(" 2.5 GB of it").unwrap();
        assert_eq!((number.whole(), number.rounded(), rest), (Some(2), Some(3), "GB of it"));
        assert_eq!(Number::leading("GB"), None);
        assert_eq!(number.over(0), None);
        assert_eq!(number.times(4).and_then(Number::whole), Some(10));
    }
}
