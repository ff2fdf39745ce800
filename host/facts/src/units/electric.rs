//! Power, voltage and charge.

use super::Number;

/// Power in watts: `1.1 kW`, `750 W`, `65000 mW`.
pub fn watts(text: &str) -> Option<u64> {
    let (number, unit) = Number::leading(text)?;
    let first = unit.split_whitespace().next().unwrap_or_default();
    match first.to_ascii_lowercase().as_str() {
        "w" | "watt" | "watts" => number.whole(),
        "kw" => number.times(1000)?.whole(),
        "mw" => number.over(1000)?.whole(),
        _ => None,
    }
}

/// Voltage in millivolts: `11.1 V`, `10800 mV`.
pub fn millivolts(text: &str) -> Option<u64> {
    let (number, unit) = Number::leading(text)?;
    match unit.to_ascii_lowercase().as_str() {
        "v" | "volt" | "volts" => number.times(1000)?.whole(),
        "mv" => number.whole(),
        _ => None,
    }
}

/// Charge in mWh: `47.5 Wh`, `52000 mWh`, and `4400 mAh` at a voltage.
pub fn milliwatt_hours(text: &str, millivolts: Option<u64>) -> Option<u64> {
    let (number, unit) = Number::leading(text)?;
    match unit.to_ascii_lowercase().as_str() {
        "mwh" => number.whole(),
        "wh" => number.times(1000)?.whole(),
        "mah" => number.times(millivolts?)?.over(1000)?.whole(),
        "ah" => number.times(millivolts?)?.whole(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_electricity() {
        assert_eq!(
            [watts("1.1 kW"), watts("750W"), watts("65000 mW"), watts("750")],
            [Some(1100), Some(750), Some(65), None]
        );
        assert_eq!([millivolts("11.1 V"), millivolts("10800 mV"), millivolts("x")], [Some(11100), Some(10800), None]);
        assert_eq!(milliwatt_hours("47.52 Wh", None), Some(47520));
        assert_eq!(milliwatt_hours("4400 mAh", Some(10800)), Some(47520));
        assert_eq!(milliwatt_hours("4400 mAh", None), None);
        assert_eq!(milliwatt_hours("52000 mWh", None), Some(52000));
    }
}
