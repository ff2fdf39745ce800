//! Dates as the schema wants them (definitions `date` and `datetime` of inventory_format): ISO, and days that exist.

/// `YYYY-MM-DD`, of the Gregorian calendar.
pub fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut number = |length: usize| parts.next().and_then(|part| digits(part, length));
    let (Some(year), Some(month), Some(day)) = (number(4), number(2), number(2)) else { return false };
    (1..=days(year, month)).contains(&day)
}

/// `YYYY-MM-DD hh:mm:ss`, local time; or with the offset from UTC behind it: `Z` or `±hh:mm:ss`.
pub fn is_datetime(text: &str) -> bool {
    let Some((date, rest)) = text.split_once(' ') else { return false };
    let Some((time, zone)) = rest.split_at_checked(8) else { return false };
    is_date(date) && is_time(time) && (matches!(zone, "" | "Z") || zone.strip_prefix(['+', '-']).is_some_and(is_time))
}

fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    // A leap second is a time too.
    [23, 59, 60].into_iter().all(|most| parts.next().and_then(|part| digits(part, 2)).is_some_and(|n| n <= most))
}

fn digits(text: &str, length: usize) -> Option<u32> {
    if text.len() == length && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_that_exist() {
        for good in ["2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-04-31",
            "2024-13-01",
            "2024-00-10",
            "2024-1-01",
            "24-01-01",
            "2024-01-01x",
            "+024-01-01",
            "",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn datetimes_have_seconds_and_maybe_an_offset() {
        for good in
            ["2024-05-01 10:00:00", "2024-05-01 23:59:60", "2024-05-01 10:00:00Z", "2024-05-01 10:00:00+02:00:00"]
        {
            assert!(is_datetime(good), "{good}");
        }
        for bad in [
            "2024-05-01",
            "2024-05-01 10:00",
            "2024-05-01 24:00:00",
            "2024-05-01T10:00:00",
            "2024-05-01 10:00:00 ",
            "2024-05-01 10:00:0€",
        ] {
            assert!(!is_datetime(bad), "{bad}");
        }
    }
}
