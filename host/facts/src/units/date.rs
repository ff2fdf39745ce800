//! Dates as tools write them, as `YYYY-MM-DD`, or `YYYY-MM-DD hh:mm:ss` where a time follows.

use jiff::civil::Date;

/// `28/02/2019`, `28.2.2019`, with or without a time behind it. A year of two digits is of this century below 70.
pub fn day_first(text: &str) -> Option<String> {
    let ([day, month, year], rest) = numbers(text)?;
    iso(year, month, day, rest)
}

/// `02/28/2019`, as firmware and Windows write it.
pub fn month_first(text: &str) -> Option<String> {
    let ([month, day, year], rest) = numbers(text)?;
    iso(year, month, day, rest)
}

/// A date with the month as a word: `Sat 22 Jun 2019 03:04:05 PM CEST`, `Jun 22, 2019`, `22-Jun-19`,
/// `Sat Jun 22 15:04:05 2019`. The zone is left out: the time is the one that is written.
pub fn spelled(text: &str) -> Option<String> {
    let (mut day, mut month, mut year, mut time) = (None, None, None, None);
    let mut afternoon = None;
    for word in
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '-')).filter(|word| !word.is_empty()).take(12)
    {
        if word.contains(':') {
            time = time.or(Some(word));
        } else if let Some(found) = month_number(word) {
            month = month.or(Some(found));
        } else if word.eq_ignore_ascii_case("pm") || word.eq_ignore_ascii_case("am") {
            afternoon = Some(word.eq_ignore_ascii_case("pm"));
        } else if let Ok(number) = word.trim_end_matches('.').parse::<i16>() {
            match (word.len() >= 4, day) {
                (true, _) | (false, Some(_)) => year = year.or(Some(number)),
                (false, None) => day = Some(number),
            }
        }
    }
    let time = time.map(|time| clock(time, afternoon));
    iso(full_year(year?), month?, day?, "").and_then(|date| match time {
        None => Some(date),
        Some(time) => Some(format!("{date} {}", time?)),
    })
}

/// A month by its English name or the first three letters of it.
pub fn month_number(word: &str) -> Option<i16> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let at =
        MONTHS.iter().position(|month| word.len() >= 3 && (*month == word || month.get(..3) == Some(word.as_str())))?;
    i16::try_from(at).ok()?.checked_add(1)
}

fn full_year(year: i16) -> i16 {
    match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    }
}

/// The three numbers of a date, and what follows it.
fn numbers(text: &str) -> Option<([i16; 3], &str)> {
    let text = text.trim();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (date, rest) = text.split_at_checked(end)?;
    let mut parts = date.split(['/', '.', '-']);
    let mut next = || parts.next()?.parse::<i16>().ok();
    let (first, second, year) = (next()?, next()?, next()?);
    parts.next().is_none().then(|| ([first, second, full_year(year)], rest.trim()))
}

fn iso(year: i16, month: i16, day: i16, rest: &str) -> Option<String> {
    let date =
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|date| date.year() >= 0)?;
    let date = format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
    let mut words = rest.split_whitespace();
    let Some(time) = words.next().filter(|word| word.contains(':')) else { return Some(date) };
    let afternoon = words.next().and_then(|word| match word {
        "PM" | "pm" => Some(true),
        "AM" | "am" => Some(false),
        _ => None,
    });
    Some(format!("{date} {}", clock(time, afternoon)?))
}

/// `7:05`, `19:05:06`, `07:05:06.123` as `hh:mm:ss`.
fn clock(time: &str, afternoon: Option<bool>) -> Option<String> {
    let mut parts = time.split(':');
    let mut hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let second: u32 = match parts.next() {
        Some(second) => second.split('.').next()?.parse().ok()?,
        None => 0,
    };
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    (hour < 24 && minute < 60 && second < 61).then(|| format!("{hour:02}:{minute:02}:{second:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_either_order() {
        assert_eq!(day_first("28/02/2019").as_deref(), Some("2019-02-28"));
        assert_eq!(day_first("7.3.04 08:15").as_deref(), Some("2004-03-07 08:15:00"));
        assert_eq!(month_first("02/28/2019 01:02:03 PM").as_deref(), Some("2019-02-28 13:02:03"));
        assert_eq!(month_first("12/31/98").as_deref(), Some("1998-12-31"));
        for wrong in ["28/02/2019", "02/30/2019", "02/28", "02/28/2019/1", "", "a/b/c", "2/2/99999"] {
            assert_eq!(month_first(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_in_words() {
        for text in ["Sat 22 Jun 2019 03:04:05 PM CEST", "Sat Jun 22 15:04:05 2019", "Sat, 22 June 2019 15:04:05 +0200"]
        {
            assert_eq!(spelled(text).as_deref(), Some("2019-06-22 15:04:05"), "{text}");
        }
        assert_eq!(spelled("Jun 22, 2019").as_deref(), Some("2019-06-22"));
        assert_eq!(spelled("22-Jun-19").as_deref(), Some("2019-06-22"));
        assert_eq!(spelled("Jun 22"), None);
        assert_eq!(spelled("Ju 22 2019"), None);
        assert_eq!(spelled("Jun 22 2019 25:00"), None);
    }
}
