//! upower(1): the batteries that UPower knows, those of mice and the like among them.
//!
//! `upower --enumerate` has a line for every device, `upower --show-info DEVICE` what is known of one. Numbers are written
//! the way of the user's language: with a decimal point or a decimal comma, never with groups of digits.

use crate::smbios::meaningful;
use crate::smbios::rows::battery_serial;
use crate::units::{millivolts, milliwatt_hours};
use airlock_model::Row;

/// More than any machine has.
const MOST: usize = 64;

/// The names of the batteries in `upower --enumerate`.
pub fn batteries(text: &str) -> Vec<&str> {
    let names = text.lines().map(str::trim);
    names.filter(|name| name.rsplit('/').next().is_some_and(|last| last.starts_with("battery_"))).take(MOST).collect()
}

/// A battery as `upower --show-info` has it.
pub fn battery(text: &str) -> Row {
    let value = |label: &str| value(text, label);
    let number = |label: &str| Some(value(label)?.replace(',', "."));
    let charge = |label: &str| milliwatt_hours(&number(label)?, None).filter(|charge| *charge != 0);
    // What it has at this moment is all that older versions know.
    let voltage = number("voltage-min-design").or_else(|| number("voltage"));
    let mut row = Row::new();
    row.maybe("name", value("model").and_then(meaningful))
        .maybe("manufacturer", value("vendor").and_then(meaningful))
        .maybe("serial", value("serial").and_then(meaningful).as_deref().and_then(battery_serial))
        .maybe("chemistry", value("technology").and_then(meaningful))
        .maybe("capacity", charge("energy-full-design"))
        .maybe("real_capacity", charge("energy-full"))
        .maybe("voltage", voltage.as_deref().and_then(millivolts).filter(|voltage| *voltage != 0));
    row
}

/// True for a battery from which the machine itself runs.
pub(crate) fn powers_the_machine(text: &str) -> bool {
    value(text, "power supply") == Some("yes") && value(text, "present") != Some("no")
}

fn value<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        (known.trim() == label).then(|| value.trim()).filter(|value| !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "  native-path:          BAT0\n  vendor:               Cells\n  model:                LAB-57\n  \
                        serial:               0AF0\n  power supply:         yes\n  battery\n    present:             yes\n    \
                        energy-full:         51,304 Wh\n    energy-full-design:  57.5 Wh\n    voltage:             12,1 V\n    \
                        technology:          lithium-ion\n";

    #[test]
    fn a_battery_in_two_languages() {
        let row = battery(TEXT);
        let texts = ["name", "manufacturer", "serial", "chemistry"].map(|field| row.text(field).unwrap());
        assert_eq!(texts, ["LAB-57", "Cells", "2800", "lithium-ion"]);
        let numbers = ["capacity", "real_capacity", "voltage"].map(|field| row.integer(field).unwrap());
        assert_eq!(numbers, [57500, 51304, 12100]);
        assert!(powers_the_machine(TEXT) && !powers_the_machine(&TEXT.replace("yes", "no")));
        assert!(battery("no such device\n: 7\n").is_empty());
    }

    #[test]
    fn names_of_batteries() {
        let text = "/org/x/devices/line_power_AC\n/org/x/devices/battery_BAT0\n /org/x/devices/DisplayDevice\n";
        assert_eq!(batteries(text), ["/org/x/devices/battery_BAT0"]);
        assert_eq!(batteries("battery_\n".repeat(100).as_str()).len(), MOST);
    }
}
