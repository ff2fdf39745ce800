//! Power supplies as the firmware describes them. Batteries are not among them, nor is one of which nothing
//! is known: it may be an empty bay or a form that nobody filled in.

use super::bmc;
use crate::Scan;
use crate::output::ipmitool::{self, complete_power_supplies};
use crate::smbios::{power_supplies, rows};
use airlock_model::Row;

/// One row a power supply.
pub(super) fn collect(scan: &Scan<'_>) {
    let known = scan.machine.dmi().tables(scan).into_iter().flat_map(power_supplies);
    let known: Vec<Row> = known.map(rows::power_supply).filter(|row| !row.is_empty()).collect();
    for row in complete_power_supplies(known, ipmitool::power_supplies(&bmc::field_units(scan))) {
        scan.row(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smbios::testing::Builder;
    use crate::testing::TestMachine;
    use airlock_model::Row;
    use airlock_model::Value;

    const TABLE: &str = "sys/firmware/dmi/tables/DMI";
    const TEXTS: &[&str] = &["Bay 1", "PWR-650", "Maker", "S-1", "A-1", "P-1", "R1"];

    fn supply(power: u16, characteristics: u16) -> Vec<u8> {
        let mut data = vec![1, 1, 2, 3, 4, 5, 6, 7];
        data.extend(power.to_le_bytes());
        data.extend(characteristics.to_le_bytes());
        data.extend([0xff; 6]);
        data
    }

    fn rows(data: &[u8], texts: &[&str]) -> Vec<Row> {
        TestMachine::of(&[(TABLE, Builder::new().add(39, data, texts).end())]).rows(collect)
    }

    #[test]
    fn a_supply_with_everything() {
        let row = rows(&supply(650, 0x11a3), TEXTS).remove(0);
        let texts = ["name", "partnum", "serialnumber", "manufacturer", "location", "status"].map(|f| row.text(f));
        assert_eq!(texts, ["PWR-650", "P-1", "S-1", "Maker", "Bay 1", "Present, OK"].map(Some));
        assert_eq!(row.integer("power_max"), Some(650));
        assert_eq!(row.get("plugged"), Some(&Value::Boolean(true)));
        assert_eq!(row.get("hotreplaceable"), Some(&Value::Boolean(true)));
    }

    #[test]
    fn states_and_unknown_power() {
        let row = rows(&supply(0x8000, 0x12a6), TEXTS).remove(0);
        assert_eq!((row.get("power_max"), row.text("status")), (None, Some("Present, Critical")));
        assert_eq!(row.get("plugged"), Some(&Value::Boolean(false)));
        let row = rows(&supply(650, 0x1101), TEXTS).remove(0);
        assert_eq!((row.text("status"), row.get("plugged")), (Some("Not Present"), None));
        let row = rows(&supply(650, 0), TEXTS).remove(0);
        assert_eq!((row.get("status"), row.get("hotreplaceable")), (None, None));
    }

    #[test]
    fn batteries_and_empty_forms_are_none() {
        assert_eq!(rows(&supply(650, 0x1582), TEXTS), []);
        assert_eq!(rows(&supply(0, 0x1101), &["Bay 1", "To Be Filled By O.E.M."]), []);
    }

    #[test]
    fn a_damaged_structure_gives_what_it_has() {
        let whole = supply(650, 0x11a3);
        for end in 0..whole.len() {
            let count = rows(&whole[..end], TEXTS).len();
            assert_eq!(count, usize::from(end >= 3), "the name is at the third byte");
        }
        let table = Builder::new().add(39, &whole, TEXTS).end();
        for end in 0..table.len() {
            assert!(TestMachine::of(&[(TABLE, &table[..end])]).rows(collect).len() <= 1);
        }
    }
}
