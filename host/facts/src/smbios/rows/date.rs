//! Dates of firmware.

/// `mm/dd/yyyy` or `mm/dd/yy`, as SMBIOS wants it, or ISO as some write it.
pub(crate) fn iso_date(text: &str) -> Option<String> {
    let number = |part: &str, low: u32, high: u32| part.parse().ok().filter(|n: &u32| (low..=high).contains(n));
    let mut parts = text.split(['/', '-', '.']).map(str::trim);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, day, year) = match text.contains('/') {
        true => (first, second, third),
        false if first.len() == 4 => (second, third, first),
        false => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    let (month, day) = (number(month, 1, 12)?, number(day, 1, 31)?);
    let year = match (year.len(), number(year, 0, 9999)?) {
        (4, year) => year,
        // Two digits are of the years in which the standard has been in use (DSP0134 7.1).
        (1 | 2, short) if short >= 80 => 1900 + short,
        (1 | 2, short) => 2000 + short,
        _ => return None,
    };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::iso_date;

    #[test]
    fn dates_become_iso() {
        assert_eq!(iso_date("03/17/2024").as_deref(), Some("2024-03-17"));
        assert_eq!(iso_date("3/7/98").as_deref(), Some("1998-03-07"));
        assert_eq!(iso_date("12/31/03").as_deref(), Some("2003-12-31"));
        assert_eq!(iso_date("2019-01-02").as_deref(), Some("2019-01-02"));
        for no_date in ["", "13/01/2020", "01/32/2020", "yesterday", "1/1/1/1", "01/01/20201", "**/**/****"] {
            assert_eq!(iso_date(no_date), None, "{no_date:?}");
        }
    }
}
