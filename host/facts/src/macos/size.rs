//! Sizes as macOS' tools write them: `7,34 GB`, `1024 MB`. The decimal sign is the locale's.

use crate::units::Number;

/// A size, and whether it was counted or is a rounded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub bytes: u64,
    /// As the tool rounded it, to two digits behind the point.
    pub rounded: bool,
}

/// A text's size in bytes. Its units are powers of two: so the systems count that print no exact number beside it.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = Number::leading(text)?;
    let factor = match unit.split_whitespace().next()? {
        "bytes" | "B" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    };
    number.times(factor)?.whole()
}

/// A text's size in MB of 2²⁰ bytes, as memory is counted.
pub(super) fn megabytes(text: &str) -> Option<u64> {
    bytes(text).map(|bytes| bytes >> 20).filter(|&megabytes| megabytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_with_units() {
        assert_eq!(bytes("1,5 KB"), Some(1536));
        assert_eq!(megabytes("2 GB"), Some(2048));
        assert_eq!(megabytes("512 MB"), Some(512));
        for bad in ["", "Empty", "GB", "1.2.3 GB", "99999999999999 TB", "3 apples"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }
}
