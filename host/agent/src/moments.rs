//! Times as people type them.

use jiff::{SignedDuration, Timestamp};

/// A moment, or a time from `now` on: `90d`, `12h`, `30m`.
pub(crate) fn later(now: Timestamp, text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let hint = || "a number with d, h or m, or a moment like 2027-01-31T12:00:00Z".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(hint)?;
    let number: i64 = number.parse().map_err(|_| hint())?;
    let minutes = match unit {
        "d" => 24 * 60,
        "h" => 60,
        "m" => 1,
        _ => return Err(hint()),
    };
    let far = || "too far away".to_owned();
    let minutes = number.checked_mul(minutes).filter(|minutes| *minutes > 0).ok_or_else(far)?;
    now.checked_add(SignedDuration::try_from_mins(minutes).ok_or_else(far)?).map_err(|_| far())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = |text: &str| later(now, text).map(|moment| moment.to_string());
        assert_eq!(at("90d").as_deref(), Ok("2026-04-01T00:00:00Z"));
        assert_eq!(at("1h").as_deref(), Ok("2026-01-01T01:00:00Z"));
        assert_eq!(at("2027-01-31T12:00:00+02:00").as_deref(), Ok("2027-01-31T10:00:00Z"));
        for bad in ["", "d", "9", "-1d", "0d", "1y", "ä", "99999999999999999d", "9223372036854775807m", "2027-01-31"] {
            assert!(at(bad).is_err(), "{bad}");
        }
    }
}
