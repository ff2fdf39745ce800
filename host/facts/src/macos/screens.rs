//! Screens, from `ioreg -c CLASS -r -lw0 -d 1`: older systems keep the EDID, those on Apple's own processors what they read
//! in it.
//!
//! The panel of a portable computer tells only its maker's number there: it is a row, but none that could be told apart
//! from another, and [`distinct`] leaves it out.

use super::ioreg::{Object, Value, objects};
use crate::edid::{Edid, Makers, base64};
use airlock_model::Row;
use std::collections::BTreeMap;

/// The classes of the registry that screens have.
pub const CLASSES: [&str; 3] = ["AppleBacklightDisplay", "AppleDisplay", "AppleCLCD2"];

/// The screens of the registry's entries.
pub fn screens(text: &str, makers: &Makers<'_>) -> Vec<Row> {
    let all = CLASSES.iter().flat_map(|class| objects(text, class));
    all.filter_map(|object| of_edid(&object, makers).or_else(|| of_attributes(&object, makers))).collect()
}

/// One row a screen, by serial number; those that say neither that nor their EDID are left out.
pub fn distinct(rows: Vec<Row>) -> Vec<Row> {
    let mut screens: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows {
        let key = row.text("serial").or_else(|| row.text("base64")).map(str::to_owned);
        if let Some(key) = key {
            screens.entry(key).or_default().merge(row);
        }
    }
    screens.into_values().collect()
}

fn of_edid(object: &Object, makers: &Makers<'_>) -> Option<Row> {
    let Value::Data(digits) = object.get("IODisplayEDID")? else { return None };
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok();
    let bytes: Vec<u8> = digits.as_bytes().chunks_exact(2).map(byte).collect::<Option<_>>()?;
    Some(Edid::of(&bytes).ok()?.row(makers).with("base64", base64(&bytes)))
}

fn of_attributes(object: &Object, makers: &Makers<'_>) -> Option<Row> {
    let product = member(object.get("DisplayAttributes")?, "ProductAttributes")?;
    let text = |name: &str| member(product, name).and_then(Value::text).map(str::trim).filter(|text| !text.is_empty());
    let number = |name: &str| member(product, name).and_then(Value::number).filter(|number| *number != 0);
    let (serial, serial_number) = (text("AlphanumericSerialNumber"), number("SerialNumber").map(|n| n.to_string()));
    let made = number("YearOfManufacture").map(|year| match number("WeekOfManufacture") {
        Some(week) => format!("{week}/{year}"),
        None => year.to_string(),
    });
    let mut row = Row::new();
    row.maybe("caption", text("ProductName"))
        .maybe("description", made)
        .maybe("manufacturer", text("ManufacturerID").map(|letters| makers.name(letters)))
        .maybe("serial", serial.map(str::to_owned).or_else(|| serial_number.clone()))
        .maybe("altserial", serial_number.filter(|_| serial.is_some()));
    (!row.is_empty()).then_some(row)
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Dict(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edid::tests::block;

    #[test]
    fn attributes_or_the_edid() {
        let edid: String =
            block("QQQ", 7, (1, 2020), &[(0xff, b"S-1\n")]).iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!(
            "+-o AppleCLCD2  <class AppleCLCD2, id 0x1>\n    {{\n      \"DisplayAttributes\" = {{\"ProductAttributes\"={{\"ManufacturerID\"=\"00-01\",\"ProductID\"=5}}}}\n    }}\n\
             +-o AppleCLCD2  <class AppleCLCD2, id 0x2>\n    {{\n      \"DisplayAttributes\" = {{\"PortID\"=0,\"ProductAttributes\"={{\"YearOfManufacture\"=2021,\"ManufacturerID\"=\"DEL\",\"SerialNumber\"=77,\"ProductName\"=\"Screen\",\"AlphanumericSerialNumber\"=\"X9\",\"WeekOfManufacture\"=43}}}}\n    }}\n\
             +-o AppleDisplay  <class AppleDisplay, id 0x3>\n    {{\n      \"IODisplayEDID\" = <{edid}>\n    }}\n"
        );
        let rows = screens(&text, &Makers::List(""));
        let [old, panel, new] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((old.text("serial"), old.text("manufacturer")), (Some("S-1"), Some("QQQ")));
        assert_eq!((panel.text("manufacturer"), panel.len()), (Some("00-01"), 1));
        assert_eq!((new.text("serial"), new.text("altserial")), (Some("X9"), Some("77")));
        assert_eq!((new.text("description"), new.text("manufacturer")), (Some("43/2021"), Some("Dell Inc.")));
        let twice = [rows.clone(), rows].concat();
        let serials: Vec<_> = distinct(twice).iter().map(|row| row.text("serial").map(str::to_owned)).collect();
        assert_eq!(serials, [Some("S-1".to_owned()), Some("X9".to_owned())]);
    }

    #[test]
    fn odd_entries_give_nothing() {
        for property in [
            "\"IODisplayEDID\" = <00>",
            "\"IODisplayEDID\" = <zz>",
            "\"DisplayAttributes\" = {}",
            "\"DisplayAttributes\" = 1",
        ] {
            let text = format!("+-o AppleDisplay  <class AppleDisplay, id 0x3>\n    {{\n      {property}\n    }}\n");
            assert!(screens(&text, &Makers::List("")).is_empty(), "{property}");
        }
    }
}
