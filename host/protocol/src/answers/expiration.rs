//! Periods as servers write them.

use serde_json::Value;
use std::time::Duration;

/// The longest period that is told apart from a longer one: a hundred years.
pub const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// A period: a number of hours, or a text of digits with one of `s`, `m`, `h`, `d` behind it (none means hours). A number
/// may have a fraction. None when it is neither; whether zero or [`LONGEST`] is sensible is not said here.
pub fn expiration(value: &Value) -> Option<Duration> {
    match value {
        Value::Number(number) => match number.as_u64() {
            Some(hours) => Some(seconds(hours, 3600)),
            None => fraction(number.as_f64()?),
        },
        Value::String(text) => {
            let text = text.trim();
            let unit = |last: char| match last.to_ascii_lowercase() {
                's' => Some(1),
                'm' => Some(60),
                'h' => Some(3600),
                'd' => Some(86_400),
                _ => None,
            };
            let with_unit = text.char_indices().next_back().and_then(|(at, last)| Some((text.get(..at)?, unit(last)?)));
            let (digits, unit) = with_unit.unwrap_or((text, 3600));
            let digits = Some(digits).filter(|d| !d.is_empty() && d.bytes().all(|byte| byte.is_ascii_digit()))?;
            // More digits than fit are longer than anything.
            Some(digits.parse().map_or(LONGEST, |number| seconds(number, unit)))
        }
        _ => None,
    }
}

/// Hours as PROLOG_FREQ has them: a text that is a whole number or one with a fraction.
pub(super) fn hours(text: &str) -> Option<Duration> {
    expiration(&Value::String(text.to_owned())).filter(|_| text.trim().bytes().all(|b| b.is_ascii_digit())).or_else(
        || {
            let plain = text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            plain.then(|| text.trim().parse().ok()).flatten().and_then(fraction)
        },
    )
}

fn seconds(number: u64, unit: u64) -> Duration {
    Duration::from_secs(number.saturating_mul(unit)).min(LONGEST)
}

fn fraction(hours: f64) -> Option<Duration> {
    let seconds = hours * 3600.0;
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    Some(Duration::try_from_secs_f64(seconds).map_or(LONGEST, |period| period.min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn seconds_of(value: &Value) -> Option<u64> {
        expiration(value).map(|period| period.as_secs())
    }

    #[test]
    fn as_the_protocol_has_it() {
        for (value, seconds) in [
            (json!(24), 86_400),
            (json!("24"), 86_400),
            (json!("10s"), 10),
            (json!("240m"), 14_400),
            (json!("2h"), 7_200),
            (json!("1D"), 86_400),
            (json!(0), 0),
            (json!("0s"), 0),
            (json!(0.5), 1_800),
            (json!(" 12 "), 43_200),
        ] {
            assert_eq!(seconds_of(&value), Some(seconds), "{value}");
        }
        for value in [
            json!(null),
            json!("soon"),
            json!(""),
            json!("h"),
            json!("-1"),
            json!(-1),
            json!("1.5"),
            json!("1w"),
            json!([24]),
            json!(true),
            json!("١s"),
        ] {
            assert_eq!(seconds_of(&value), None, "{value}");
        }
        for value in [json!("99999999999999999999999d"), json!(u64::MAX), json!(1e300), json!("99999d")] {
            assert!(expiration(&value).unwrap() <= LONGEST, "{value}");
        }
    }

    #[test]
    fn hours_of_a_reply() {
        assert_eq!(hours("24"), Some(Duration::from_secs(86_400)));
        assert_eq!(hours("0.5"), Some(Duration::from_secs(1_800)));
        assert_eq!(hours("1e9"), None);
        assert_eq!(hours("-1"), None);
        assert_eq!(hours("12h"), None);
        assert_eq!(hours(""), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_bounded_period_or_none(text in "\\PC{0,12}", digits in "[0-9]{1,30}[smhd]?") {
            for text in [text, digits] {
                if let Some(period) = expiration(&Value::String(text.clone())) {
                    prop_assert!(period <= LONGEST);
                }
                if let Some(period) = hours(&text) {
                    prop_assert!(period <= LONGEST);
                }
            }
        }
    }
}
