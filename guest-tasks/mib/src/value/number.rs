//! Whole numbers: of every numeric type, as text, or as a name with its number in brackets.

use super::text;
use crate::Syntax;

/// A whole number: `7`, `"7"`, `up(1)`.
pub fn integer(value: &Syntax) -> Option<i64> {
    match value {
        Syntax::Integer(number) => Some(*number),
        Syntax::Counter32(number) | Syntax::Gauge32(number) | Syntax::TimeTicks(number) => Some(i64::from(*number)),
        Syntax::Counter64(number) => i64::try_from(*number).ok(),
        Syntax::Octets(_) => {
            let said = text(value)?;
            let inner = said.strip_suffix(')').and_then(|named| named.split_once('(')).map(|(_, inner)| inner);
            inner.unwrap_or(&said).trim().parse().ok()
        }
        _ => None,
    }
}

/// A number that counts something: never negative.
pub fn count(value: &Syntax) -> Option<i64> {
    integer(value).filter(|number| *number >= 0)
}

/// A constant that has to be one of a range; others are left out.
pub fn within(value: &Syntax, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    integer(value).filter(|number| range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_form() {
        let octets = |said: &str| Syntax::Octets(said.as_bytes().to_vec());
        assert_eq!(integer(&octets("up(1)")), Some(1));
        assert_eq!(integer(&octets("-12")), Some(-12));
        assert_eq!(integer(&octets("12 kB")), None);
        assert_eq!(integer(&Syntax::Counter64(u64::MAX)), None);
        assert_eq!(count(&Syntax::Integer(-2)), None);
        assert_eq!(within(&Syntax::Integer(8), 1..=7), None);
        assert_eq!(within(&Syntax::Integer(7), 1..=7), Some(7));
    }
}
