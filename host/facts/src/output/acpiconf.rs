//! acpiconf(8) of FreeBSD: `acpiconf -i NUMBER`, what a battery says of itself.

use crate::smbios::meaningful;
use crate::smbios::rows::battery_serial;
use crate::units::{millivolts, milliwatt_hours};
use airlock_model::Row;

/// The row of a battery; empty when there is none in its bay.
pub fn battery(text: &str) -> Row {
    let value = |label: &str| {
        text.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            (known.trim() == label).then(|| value.trim())
        })
    };
    let mut row = Row::new();
    if value("State") == Some("not present") {
        return row;
    }
    let voltage = value("Design voltage").and_then(millivolts).filter(|voltage| *voltage != 0);
    let charge = |label: &str| milliwatt_hours(value(label)?, voltage).filter(|charge| *charge != 0);
    row.maybe("name", value("Model number").and_then(meaningful))
        .maybe("serial", value("Serial number").and_then(meaningful).as_deref().and_then(battery_serial))
        .maybe("chemistry", value("Type").and_then(meaningful))
        .maybe("capacity", charge("Design capacity"))
        .maybe("real_capacity", charge("Last full capacity"))
        .maybe("voltage", voltage);
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Design capacity:\t5000 mAh\nLast full capacity:\t45000 mWh\nDesign voltage:\t\t11400 mV\n\
                        Model number:\t\tLAB-57\nSerial number:\t\t 4711\nType:\t\t\tLION\nState:\t\t\thigh\n";

    #[test]
    fn a_battery_and_an_empty_bay() {
        let row = battery(TEXT);
        assert_eq!(["name", "serial", "chemistry"].map(|field| row.text(field).unwrap()), ["LAB-57", "4711", "LION"]);
        let numbers = ["capacity", "real_capacity", "voltage"].map(|field| row.integer(field).unwrap());
        assert_eq!(numbers, [57000, 45000, 11400]);
        assert_eq!(battery(&TEXT.replace("11400 mV", "unknown")).integer("capacity"), None);
        assert!(battery("State:\t\t\tnot present\nModel number: X\n").is_empty());
        assert!(battery("acpiconf: get battery info (9) failed\n").is_empty());
    }
}
