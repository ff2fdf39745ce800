//! `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date.

use jiff::fmt::rfc2822::DateTimeParser;
use std::time::Duration;

/// A server may ask to be left alone for a day, and no longer.
const LONGEST: Duration = Duration::from_secs(86_400);

/// How long to wait from `now` (seconds since 1970); none when the value is neither seconds nor a date.
pub(super) fn retry_after(value: &str, now: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than a day.
        return Some(value.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    // The day of the week says nothing that the date does not.
    let dates = DateTimeParser::new().relaxed_weekday(true);
    let then = dates.parse_timestamp(value).ok()?.as_second();
    Some(Duration::from_secs(u64::try_from(then.saturating_sub(now)).unwrap_or(0)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_waited_for_and_never_longer_than_a_day() {
        let now = 784_111_777; // Sun, 06 Nov 1994 08:49:37 GMT
        let seconds = |value: &str| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(seconds("99999999999999999999999"), Some(86_400));
        assert_eq!(seconds("Sun, 06 Nov 2094 08:49:37 GMT"), Some(86_400));
        for junk in ["", "-1", "soon", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(seconds(junk), None, "{junk}");
        }
    }
}
