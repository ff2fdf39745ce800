//! Least, middle and greatest of some measurements: with other things running on a machine, means say little.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Spread {
    pub(crate) min: u64,
    pub(crate) median: u64,
    pub(crate) max: u64,
}

impl Spread {
    /// Of an even number of measurements the median is the lower one in the middle: it was really seen.
    pub(crate) fn of(mut values: Vec<u64>) -> Option<Self> {
        values.sort_unstable();
        let middle = values.len().saturating_sub(1) / 2;
        Some(Self { min: *values.first()?, median: *values.get(middle)?, max: *values.last()? })
    }

    /// In a larger unit, with one place.
    pub(crate) fn shown(&self, unit: u64) -> String {
        format!("{} / {} / {}", tenths(self.min, unit), tenths(self.median, unit), tenths(self.max, unit))
    }
}

fn tenths(value: u64, unit: u64) -> String {
    let tenths = value.saturating_mul(10).saturating_add(unit / 2).checked_div(unit).unwrap_or(0);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// With two places.
pub(crate) fn ratio(one: u64, other: u64) -> String {
    match one.saturating_mul(100).saturating_add(other / 2).checked_div(other) {
        Some(hundredths) => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        None => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_was_really_seen() {
        assert_eq!(Spread::of(vec![4, 1, 3, 2]), Some(Spread { min: 1, median: 2, max: 4 }));
        assert_eq!(Spread::of(vec![7]), Some(Spread { min: 7, median: 7, max: 7 }));
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn units_and_ratios() {
        assert_eq!(Spread { min: 1049, median: 1050, max: 20_000 }.shown(1000), "1.0 / 1.1 / 20.0");
        assert_eq!(ratio(1, 3), "0.33");
        assert_eq!(ratio(5, 0), "-");
    }
}
