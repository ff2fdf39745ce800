//! stat(1) of GNU coreutils: when a file was born.
//!
//! Reads what `stat -c %w FILE` and `stat FILE` print, in the time of the machine's zone as it stands there. File systems
//! that keep no time of birth have `-`.

/// `2019-05-04 03:02:01` from `2019-05-04 03:02:01.123456789 +0200`, alone or after `Birth:`.
pub fn birth(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).take(64).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let line = std::iter::once(first).chain(lines).find_map(|line| line.strip_prefix("Birth:")).unwrap_or(first);
    let mut words = line.split_ascii_whitespace();
    let (date, time) = (words.next()?, words.next()?);
    let time = time.split('.').next()?;
    let shape = |text: &str, separator: char, digits: &[usize]| {
        let parts: Vec<usize> = text
            .split(separator)
            .map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { part.len() } else { 0 })
            .collect();
        parts == digits
    };
    (shape(date, '-', &[4, 2, 2]) && shape(time, ':', &[2, 2, 2])).then(|| format!("{date} {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn births() {
        assert_eq!(birth("2019-05-04 03:02:01.5 +0200\n").as_deref(), Some("2019-05-04 03:02:01"));
        let whole = "  File: /\nModify: 2020-01-01 00:00:00.0 +0000\n Birth: 2019-05-04 03:02:01.123456789 +0200\n";
        assert_eq!(birth(whole).as_deref(), Some("2019-05-04 03:02:01"));
        for nothing in ["", "-\n", "  File: /\n Birth: -\n", "20190504 030201 +0", "2019-05-é4 03:02:01"] {
            assert_eq!(birth(nothing), None, "{nothing}");
        }
    }
}
