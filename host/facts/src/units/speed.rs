//! Speeds: of clocks in MHz, of links in Mbit/s.

use super::Number;

/// The clock that a text gives: `2.4 GHz`, `1333 MT/s`; a number without a unit is MHz. Memory of the first DDR kinds is
/// named by its throughput: `PC3200U` has 400 transfers a microsecond, of eight bytes each.
pub fn megahertz(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("PC").or_else(|| text.strip_prefix("pc")) {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let throughput: u64 = rest.get(..end)?.parse().ok().filter(|n| *n >= 1000)?;
        return Some(throughput / 8);
    }
    let (number, unit) = Number::leading(text)?;
    match unit.to_ascii_lowercase().as_str() {
        "" | "mhz" | "mt/s" => number.whole(),
        "ghz" | "gt/s" => number.times(1000)?.whole(),
        "khz" => number.over(1000)?.whole(),
        _ => None,
    }
}

/// What a link moves in Mbit/s: `10 Gbit/s`, `1000Mb/s`, `54 Mbps`. Words after the unit do not matter.
pub fn link_speed(text: &str) -> Option<u64> {
    let (number, unit) = Number::leading(text)?;
    let unit = unit.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let kind = unit.strip_suffix("/s").or_else(|| unit.strip_suffix("ps")).or_else(|| unit.strip_suffix("/sec"));
    match kind.unwrap_or(&unit) {
        "" | "m" | "mb" | "mbit" | "mbits" => number.whole(),
        "g" | "gb" | "gbit" | "gbits" => number.times(1000)?.whole(),
        "t" | "tb" | "tbit" | "tbits" => number.times(1_000_000)?.whole(),
        "k" | "kb" | "kbit" | "kbits" => number.over(1000)?.whole(),
        "b" | "bit" | "bits" => number.over(1_000_000)?.whole(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks() {
        for (text, speed) in [
            ("800", Some(800)),
            ("2.66 GHz", Some(2660)),
            ("3GHZ", Some(3000)),
            ("1866 MT/s", Some(1866)),
            ("PC2700U", Some(337)),
            ("PC100", None),
            ("fast", None),
            ("12 GB", None),
        ] {
            assert_eq!(megahertz(text), speed, "{text}");
        }
    }

    #[test]
    fn links() {
        for (text, speed) in [
            ("2.5 Gbit", Some(2500)),
            ("100Mb/s", Some(100)),
            ("866.7 MBit/s tx", Some(866)),
            ("56 Kbps", Some(0)),
            ("10 Gb/sec (4X)", Some(10_000)),
            ("Unknown", None),
        ] {
            assert_eq!(link_speed(text), speed, "{text}");
        }
    }
}
