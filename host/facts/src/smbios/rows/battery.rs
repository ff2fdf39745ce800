//! A battery as it left the factory.

use super::iso_date;
use crate::smbios::{Battery, Made};
use airlock_model::Row;
use std::borrow::Cow;

/// What the firmware says of a battery.
pub(crate) fn battery(battery: Battery) -> Row {
    let date = match battery.made {
        Some(Made::Text(text)) => iso_date(&text),
        Some(Made::Date(year, month, day)) => Some(format!("{year:04}-{month:02}-{day:02}")),
        None => None,
    };
    let mut row = Row::new();
    row.maybe("name", battery.name)
        .maybe("manufacturer", battery.manufacturer)
        .maybe("serial", battery.serial.as_deref().and_then(battery_serial))
        .maybe("chemistry", battery.chemistry)
        .maybe("date", date)
        .maybe("voltage", battery.voltage.map(i64::from))
        .maybe("capacity", battery.capacity);
    row
}

/// A form that nobody filled in has a maker, a voltage or a chemistry at most.
pub(crate) fn is_battery(row: &Row) -> bool {
    row.get("name").is_some() || row.get("serial").is_some()
}

/// The serial number as every source can have it: a Smart Battery has a number of 16 bits, which some write as four
/// hexadecimal digits and others as a decimal number. Zeros stand for none.
pub(crate) fn battery_serial(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| byte.is_ascii_alphanumeric() && byte != b'0') {
        return None;
    }
    let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let with_a_letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    match u16::from_str_radix(text, 16) {
        Ok(number) if four_digits && with_a_letter => Some(Cow::Owned(number.to_string())),
        _ => Some(Cow::Borrowed(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::battery_serial;

    #[test]
    fn one_spelling_of_a_serial_number() {
        assert_eq!(battery_serial("0AF0").as_deref(), Some("2800"));
        assert_eq!(battery_serial("2800").as_deref(), Some("2800"));
        for other in ["0AF", "0AF0B", "+AF0", "S-17"] {
            assert_eq!(battery_serial(other).as_deref(), Some(other));
        }
        assert_eq!([battery_serial("0000"), battery_serial(""), battery_serial("-")], [None, None, None]);
    }
}
