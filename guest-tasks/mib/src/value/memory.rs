//! Sizes of memory.

use super::{number, text};
use crate::Syntax;

/// Mebibytes of a size in bytes, or in kibibytes where the value says so (`2048 kB`, `2048 KBytes`).
pub fn megabytes(value: &Syntax) -> Option<i64> {
    if let Some(bytes) = number::count(value) {
        return Some(bytes / (1024 * 1024));
    }
    let said = text(value)?;
    let digits = said.len() - said.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = said.split_at_checked(digits)?;
    let number: i64 = number.parse().ok()?;
    match unit.trim().to_ascii_lowercase().as_str() {
        "b" | "bytes" => Some(number / (1024 * 1024)),
        "k" | "kb" | "kib" | "kbytes" | "kilobytes" => Some(number / 1024),
        "m" | "mb" | "mib" | "mbytes" | "megabytes" => Some(number),
        "g" | "gb" | "gib" | "gbytes" | "gigabytes" => number.checked_mul(1024),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_mebibytes() {
        let of = |said: &str| megabytes(&Syntax::Octets(said.as_bytes().to_vec()));
        assert_eq!(megabytes(&Syntax::Integer(67_108_864)), Some(64));
        assert_eq!(of("524288 kB"), Some(512));
        assert_eq!(of("2 GB"), Some(2048));
        assert_eq!(of("67108864"), Some(64));
        assert_eq!(of("much"), None);
        assert_eq!(megabytes(&Syntax::Integer(-1)), None);
    }
}
