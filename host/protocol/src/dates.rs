//! Dates of older documents as ISO dates.
//!
//! Agents wrote `dd/mm/yyyy`, firmware dates are `mm/dd/yyyy`, and some write the parts of an ISO date in the wrong
//! order; a month beyond twelve gives that away. What is no date either way is refused, never guessed further.

use airlock_model::Kind;
use airlock_model::dates::{is_date, is_datetime};

/// Which of two numbers between slashes is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    /// As in SMBIOS.
    MonthFirst,
}

/// The text as a value of that kind; `None` if there is no date in it, or the kind is not one of dates.
pub fn iso(text: &str, kind: Kind, order: Order) -> Option<String> {
    let text = text.trim();
    let day_of = |text: &str| date(text, order);
    let (day, rest) = match text.split_once([' ', 'T']) {
        Some((day, rest)) => (day_of(day)?, rest.trim()),
        None => (day_of(text)?, ""),
    };
    let with_time = |rest: &str| Some(format!("{day} {}", time(rest)?)).filter(|text| is_datetime(text));
    match kind {
        Kind::Date => Some(day),
        Kind::Datetime => with_time(if rest.is_empty() { "00:00:00" } else { rest }),
        Kind::DateOrDatetime if rest.is_empty() => Some(day),
        Kind::DateOrDatetime => with_time(rest),
        Kind::Text | Kind::Integer | Kind::Boolean | Kind::Texts => None,
    }
}

fn date(text: &str, order: Order) -> Option<String> {
    let (year, month, day) = if text.contains('-') {
        let (year, month, day) = three(text, '-')?;
        (year, month, day)
    } else {
        let (first, second, year) = three(text, '/')?;
        match order {
            Order::DayFirst => (year, second, first),
            Order::MonthFirst => (year, first, second),
        }
    };
    let real = |month: &str, day: &str| Some(format!("{year}-{month:0>2}-{day:0>2}")).filter(|text| is_date(text));
    real(month, day).or_else(|| real(day, month))
}

fn three(text: &str, between: char) -> Option<(&str, &str, &str)> {
    let (first, rest) = text.split_once(between)?;
    let (second, third) = rest.split_once(between)?;
    Some((first, second, third))
}

/// `hh:mm` is completed; anything else is left for the check that follows.
fn time(text: &str) -> Option<String> {
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    Some(format!("{clock}{seconds}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_first(text: &str, kind: Kind) -> Option<String> {
        iso(text, kind, Order::DayFirst)
    }

    #[test]
    fn iso_stays() {
        assert_eq!(day_first("2024-05-01", Kind::DateOrDatetime).unwrap(), "2024-05-01");
        assert_eq!(day_first("2024-05-01 10:00:00", Kind::DateOrDatetime).unwrap(), "2024-05-01 10:00:00");
        assert_eq!(day_first("2024-05-01 10:00:00+02:00:00", Kind::Datetime).unwrap(), "2024-05-01 10:00:00+02:00:00");
        assert_eq!(day_first("2024-05-01T10:00:00Z", Kind::Datetime).unwrap(), "2024-05-01 10:00:00Z");
    }

    #[test]
    fn days_and_months_of_either_order() {
        assert_eq!(day_first("17/05/2023", Kind::DateOrDatetime).unwrap(), "2023-05-17");
        assert_eq!(iso("05/17/2023", Kind::DateOrDatetime, Order::MonthFirst).unwrap(), "2023-05-17");
        assert_eq!(iso("5/7/2023", Kind::Date, Order::MonthFirst).unwrap(), "2023-05-07");
        // In the wrong order: swapped once.
        assert_eq!(day_first("05/17/2023", Kind::Date).unwrap(), "2023-05-17");
        assert_eq!(day_first("2023-17-05", Kind::Date).unwrap(), "2023-05-17");
    }

    #[test]
    fn times_are_completed_or_cut() {
        assert_eq!(day_first("2024-05-01 10:07", Kind::Datetime).unwrap(), "2024-05-01 10:07:00");
        assert_eq!(day_first("17/05/2023", Kind::Datetime).unwrap(), "2023-05-17 00:00:00");
        assert_eq!(day_first("17/05/2023 10:07", Kind::DateOrDatetime).unwrap(), "2023-05-17 10:07:00");
        assert_eq!(day_first("2024-05-01 10:00:00", Kind::Date).unwrap(), "2024-05-01");
    }

    #[test]
    fn no_date_is_refused() {
        for text in [
            "",
            "soon",
            "31/02/2024",
            "32/13/2024",
            "2024",
            "2024-05",
            "1/2/24",
            "//",
            "--",
            "2024-05-01 25:00",
            "é/é/2024",
            "1-2-3-4",
        ] {
            assert_eq!(day_first(text, Kind::DateOrDatetime), None, "{text}");
        }
        assert_eq!(day_first("2024-05-01", Kind::Text), None);
    }
}
