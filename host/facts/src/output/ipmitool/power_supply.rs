//! Power supplies of servers.

use super::Unit;
use crate::units::watts;
use airlock_model::Row;

/// What the makers of servers call them; a number follows.
const KINDS: &[&str] = &["PS", "PSU", "Power Supply", "Pwr Supply"];

/// The rows of the section `powersupplies`.
pub fn power_supplies(units: &[Unit<'_>]) -> Vec<Row> {
    units.iter().filter_map(power_supply).collect()
}

fn power_supply(unit: &Unit<'_>) -> Option<Row> {
    let kind = unit.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    if !KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        return None;
    }
    let power = ["Max Power Capacity", "Capacity"].iter().find_map(|label| watts(unit.value(label)?));
    let mut row = Row::new();
    row.maybe("name", unit.product())
        .maybe("partnum", unit.part().0)
        .maybe("serialnumber", unit.serial())
        .maybe("manufacturer", unit.maker())
        .maybe("power_max", power.filter(|power| *power != 0));
    (row.get("serialnumber").is_some() || row.get("partnum").is_some()).then_some(row)
}

/// What the firmware says and what the controller says as one list: the same supply has the same serial number, else the
/// same part number while there is one of it on each side. What the firmware says counts.
pub fn complete_power_supplies(mut rows: Vec<Row>, mut known: Vec<Row>) -> Vec<Row> {
    let mut left = Vec::new();
    for known in known.drain(..) {
        match rows.iter_mut().find(|row| same(row, &known, "serialnumber")) {
            Some(row) => complete(row, known),
            None => left.push(known),
        }
    }
    for known in left {
        let mut alike = rows.iter_mut().filter(|row| row.get("serialnumber").is_none() && same(row, &known, "partnum"));
        match (alike.next(), alike.next()) {
            (Some(row), None) => complete(row, known),
            _ => rows.push(known),
        }
    }
    rows
}

fn same(one: &Row, other: &Row, field: &str) -> bool {
    matches!((one.text(field), other.text(field)), (Some(one), Some(other)) if one == other)
}

fn complete(row: &mut Row, mut known: Row) {
    known.merge(std::mem::take(row));
    *row = known;
}

#[cfg(test)]
mod tests {
    use super::super::units;
    use super::*;

    const TEXT: &str = "FRU Device Description : PS1 (ID 1)\n Board Mfg : LAB\n Board Product : PWR 750\n \
                        Board Serial : S-1\n Board Part Number : P-1\n Power Supply Record\n  Capacity   : 750 W\n\n\
                        FRU Device Description : Pwr Supply 2 (ID 2)\n Product Name : PWR 750\n Product Serial : S-2\n\n\
                        FRU Device Description : PSOC (ID 3)\n Board Serial : S-3\n";

    #[test]
    fn supplies_of_two_sources() {
        let known = power_supplies(&units(TEXT));
        assert_eq!(known.iter().map(|row| row.text("serialnumber").unwrap()).collect::<Vec<_>>(), ["S-1", "S-2"]);
        assert_eq!(known[0].integer("power_max"), Some(750));
        let firmware = vec![Row::new().with("serialnumber", "S-1").with("name", "Supply A")];
        let rows = complete_power_supplies(firmware, known.clone());
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("name"), rows[0].text("partnum")), (Some("Supply A"), Some("P-1")));
        let firmware = vec![Row::new().with("partnum", "P-1").with("status", "Present, OK")];
        let rows = complete_power_supplies(firmware, known.clone());
        assert_eq!((rows.len(), rows[0].text("serialnumber")), (2, Some("S-1")));
        assert_eq!(complete_power_supplies(Vec::new(), known.clone()), known);
    }
}
