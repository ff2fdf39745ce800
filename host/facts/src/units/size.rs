//! Sizes, `1.8 TB`, in megabytes.

use super::Number;

/// What a kilo is where the unit does not say it itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Drives: a thousand.
    Decimal,
    /// Memory and file systems: 1024.
    Binary,
}

impl Base {
    fn kilo(self) -> u64 {
        match self {
            Self::Decimal => 1000,
            Self::Binary => 1024,
        }
    }
}

/// A size in megabytes of the base: a number without a unit is one already. `KiB`, `MiB` … are binary in any case. What
/// is given in bytes or kilobytes is cut to whole megabytes.
pub fn megabytes(text: &str, base: Base) -> Option<Number> {
    let (number, unit) = Number::leading(text)?;
    let unit = unit.to_ascii_lowercase();
    let (kilo, power) = match unit.as_str() {
        "" => return Some(number),
        "b" | "byte" | "bytes" => (base.kilo(), None),
        unit => {
            let mut letters = unit.chars();
            let power = match letters.next()? {
                'k' => 0,
                'm' => 1,
                'g' => 2,
                't' => 3,
                'p' => 4,
                'e' => 5,
                _ => return None,
            };
            match letters.as_str() {
                "" | "b" | "bytes" | "byte" => (base.kilo(), Some(power)),
                "i" | "ib" => (1024, Some(power)),
                _ => return None,
            }
        }
    };
    match power {
        None => Some(number.over(kilo)?.over(kilo)?.without_fraction()),
        Some(0) => Some(number.over(kilo)?.without_fraction()),
        Some(power) => (1..power).try_fold(number, |number, _| number.times(kilo)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, base: Base) -> Option<String> {
        megabytes(text, base).map(|size| size.to_string())
    }

    #[test]
    fn sizes_are_megabytes() {
        for (given, decimal, binary) in [
            ("17", "17", "17"),
            ("250.1 GB", "250100", "256102.4"),
            ("2TB", "2000000", "2097152"),
            ("4 GiB", "4096", "4096"),
            ("8 G", "8000", "8192"),
            ("65,536 kB", "65", "64"),
            ("1 048 576 bytes", "1", "1"),
        ] {
            assert_eq!(text(given, Base::Decimal).as_deref(), Some(decimal), "{given}");
            assert_eq!(text(given, Base::Binary).as_deref(), Some(binary), "{given}");
        }
        for other in ["", "GB", "1 XB", "1 GHz", "1 m2", "-1 GB"] {
            assert_eq!(text(other, Base::Decimal), None, "{other}");
        }
        let most = u128::MAX.to_string();
        assert_eq!(text(&format!("{most} EB"), Base::Binary), None);
    }
}
