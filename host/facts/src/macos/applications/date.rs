//! Dates of the list of programs: in the text form those of the locale, in the property list UTC.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Which number of a date is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// The order of the locale, told by all dates of a list together: only a day is above twelve. The month comes first
/// where nothing tells.
pub(super) fn order<'a>(dates: impl Iterator<Item = &'a str>) -> Order {
    let (mut first, mut second) = (0_u32, 0_u32);
    for (one, two, _) in dates.filter_map(numbers) {
        first += u32::from(one > 12 && two <= 12);
        second += u32::from(two > 12 && one <= 12);
    }
    if first > second { Order::DayFirst } else { Order::MonthFirst }
}

/// `4/9/11 10:41 PM`, `24/07/2023 16:23` as `YYYY-MM-DD`; none for what is no date.
pub(super) fn iso(text: &str, order: Order) -> Option<String> {
    let (one, two, year) = numbers(text)?;
    let (day, month) = match order {
        Order::DayFirst => (one, two),
        Order::MonthFirst => (two, one),
    };
    Some(format!("{year:04}-{month:02}-{day:02}")).filter(|date| airlock_model::dates::is_date(date))
}

/// One date of the text form by itself, the month first.
pub fn short_date(text: &str) -> Option<String> {
    iso(text, Order::MonthFirst)
}

/// The three numbers of a short date; a year of two digits is of this century.
fn numbers(text: &str) -> Option<(u32, u32, u32)> {
    let date = text.split_whitespace().next()?;
    let mut parts = date.splitn(3, ['/', '.', '-']);
    let (one, two, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year: u32 = match year.len() {
        2 => year.parse::<u32>().ok()? + 2000,
        4 => year.parse().ok()?,
        _ => return None,
    };
    Some((one.parse().ok()?, two.parse().ok()?, year))
}

/// `2024-02-26T05:47:45Z` as the date of that moment where clocks are `offset` seconds ahead of UTC.
pub fn local_date(utc: &str, offset: i32) -> Option<String> {
    let at: Timestamp = utc.parse().ok()?;
    let at = at.checked_add(SignedDuration::from_secs(i64::from(offset))).ok()?;
    let at = Offset::UTC.to_datetime(at);
    Some(format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day()))
        .filter(|date| airlock_model::dates::is_date(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_tells_the_order() {
        assert_eq!(order(["1/2/11", "1/13/11"].into_iter()), Order::MonthFirst);
        assert_eq!(order(["01/02/2023 10:00", "24/02/2023 10:00"].into_iter()), Order::DayFirst);
        assert_eq!(order(["x", ""].into_iter()), Order::MonthFirst);
        assert_eq!(iso("24/02/2023 10:00", Order::DayFirst).as_deref(), Some("2023-02-24"));
        assert_eq!(short_date("1/13/11 6:16 PM").as_deref(), Some("2011-01-13"));
        for bad in ["not a date", "13/13/11", "1/1", "1/1/123", ""] {
            assert_eq!(short_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn utc_becomes_local() {
        assert_eq!(local_date("2020-01-01T23:30:00Z", 3600).as_deref(), Some("2020-01-02"));
        assert_eq!(local_date("2020-01-01T00:30:00Z", -3600).as_deref(), Some("2019-12-31"));
        assert_eq!(local_date("2020-01-01", 0), None);
        assert_eq!(local_date("9999-12-30T22:00:00Z", i32::MAX), None);
    }
}
