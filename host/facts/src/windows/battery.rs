//! Batteries, from the report that `powercfg /batteryreport /xml` writes.

use crate::output::xml::Element;
use airlock_model::Row;

const MOST: usize = 64;

/// Rows of the section `batteries`.
pub fn rows(report: &str) -> Vec<Row> {
    let Some(root) = Element::parse(report.trim_start_matches('\u{feff}')) else { return Vec::new() };
    let Some(batteries) = root.child("Batteries").filter(|_| root.name == "BatteryReport") else { return Vec::new() };
    let rows = batteries.children("Battery").take(MOST).map(|battery| {
        let number = |name: &str| battery.text_of(name)?.parse::<u64>().ok().filter(|&number| number > 0);
        let mut row = Row::new();
        row.maybe("name", battery.text_of("Id"))
            .maybe("manufacturer", battery.text_of("Manufacturer"))
            .maybe("serial", battery.text_of("SerialNumber"))
            .maybe("chemistry", battery.text_of("Chemistry"))
            .maybe("capacity", number("DesignCapacity"))
            .maybe("real_capacity", number("FullChargeCapacity"))
            .maybe("date", battery.text_of("ManufactureDate").filter(|date| airlock_model::dates::is_date(date)));
        row
    });
    rows.filter(|row| !row.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report() {
        let report = "\u{feff}<?xml version=\"1.0\"?><BatteryReport xmlns=\"x\"><Batteries><Battery><Id>B1</Id>\
            <SerialNumber>7</SerialNumber><ManufactureDate/><DesignCapacity>50000</DesignCapacity>\
            <FullChargeCapacity>0</FullChargeCapacity></Battery><Battery/></Batteries></BatteryReport>";
        let rows = rows(report);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text("name"), rows[0].integer("capacity")), (Some("B1"), Some(50_000)));
        assert_eq!(rows[0].integer("real_capacity"), None);
    }

    #[test]
    fn another_document_gives_nothing() {
        assert!(rows("<Batteries><Battery><Id>x</Id></Battery></Batteries>").is_empty());
        assert!(rows("no XML").is_empty());
    }
}
