use super::*;
use crate::smbios::testing::Builder;
use crate::testing::TestMachine;
use airlock_model::Value;

const TABLE: &str = "sys/firmware/dmi/tables/DMI";
const BAT0: &str = "sys/class/power_supply/BAT0/uevent";
const BAT1: &str = "sys/class/power_supply/BAT1/uevent";

const LAPTOP: &str = "POWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_PRESENT=1\n\
    POWER_SUPPLY_TECHNOLOGY=Li-ion\nPOWER_SUPPLY_VOLTAGE_MIN_DESIGN=11400000\nPOWER_SUPPLY_VOLTAGE_NOW=12100000\n\
    POWER_SUPPLY_ENERGY_FULL_DESIGN=57000000\nPOWER_SUPPLY_ENERGY_FULL=51300000\nPOWER_SUPPLY_MODEL_NAME=LAB-57\n\
    POWER_SUPPLY_MANUFACTURER=Cells\nPOWER_SUPPLY_SERIAL_NUMBER= 4711\n";

/// Texts are location, maker, date, serial number, name, and the Smart Battery's chemistry.
fn data(chemistry: u8) -> Vec<u8> {
    let mut data = vec![1, 2, 3, 4, 5, chemistry];
    data.extend(5700u16.to_le_bytes());
    data.extend(11400u16.to_le_bytes());
    data.extend([0, 2, 0x34, 0x12, 0x61, 0x56, 6, 10, 0, 0, 0, 0]);
    data
}

fn texts<'a>(serial: &'a str, name: &'a str) -> [&'a str; 6] {
    ["Rear", "ACME", "01/02/2023", serial, name, "LiP"]
}

fn table(batteries: &[(&str, &str)]) -> Vec<u8> {
    batteries.iter().fold(Builder::new(), |table, (s, n)| table.add(22, &data(6), &texts(s, n))).end()
}

fn rows(files: &[(&str, &[u8])]) -> Vec<Row> {
    TestMachine::of(files).rows(collect)
}

fn field(row: &Row, name: &str) -> String {
    row.get(name).map(Value::to_text).unwrap_or_default()
}

#[test]
fn one_battery_of_two_sources_is_one_row() {
    for (serial, name) in [("004711", "Other"), ("0815", "lab-57"), ("0815", "Other")] {
        let rows = rows(&[(BAT0, LAPTOP.as_bytes()), (TABLE, &table(&[(serial, name)]))]);
        assert_eq!(rows.len(), 1, "{serial} {name}");
        let row = &rows[0];
        assert_eq!((row.text("name"), row.text("serial")), (Some("LAB-57"), Some("4711")));
        assert_eq!((row.text("manufacturer"), row.text("chemistry")), (Some("Cells"), Some("Li-ion")));
        assert_eq!((row.text("date"), row.integer("voltage")), (Some("2023-01-02"), Some(11400)));
        assert_eq!((row.integer("capacity"), row.integer("real_capacity")), (Some(57000), Some(51300)));
    }
}

#[test]
fn two_batteries_of_one_name_are_told_apart_by_their_numbers() {
    let second = LAPTOP.replace(" 4711", "815").replace("51300000", "40000000");
    let table = table(&[("815", "LAB-57"), ("9", "LAB-57")]);
    let rows = rows(&[(BAT0, LAPTOP.as_bytes()), (BAT1, second.as_bytes()), (TABLE, &table)]);
    assert_eq!(rows.iter().map(|row| field(row, "serial")).collect::<Vec<_>>(), ["4711", "815"]);
    assert!(rows.iter().all(|row| row.text("date").is_some()));
}

#[test]
fn what_only_the_firmware_knows() {
    let rows = rows(&[(TABLE, &table(&[("0000", "A"), ("N/A", "Unknown")]))]);
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].text("name"), rows[0].get("serial")), (Some("A"), None));
    assert_eq!((rows[0].text("chemistry"), rows[0].integer("capacity")), (Some("Lithium Ion"), Some(57000)));
    assert_eq!((rows[1].get("name"), rows[1].text("serial")), (None, Some("4660")));
}

#[test]
fn what_a_smart_battery_says_instead() {
    let table = Builder::new().add(22, &data(2), &texts("1", "B")).end();
    let rows = rows(&[(TABLE, &table)]);
    assert_eq!(field(&rows[0], "chemistry"), "LiP");
}

#[test]
fn charge_is_turned_into_energy_and_types_may_be_elsewhere() {
    let text = "POWER_SUPPLY_CHARGE_FULL_DESIGN=5000000\nPOWER_SUPPLY_CHARGE_FULL=4000000\n\
        POWER_SUPPLY_VOLTAGE_NOW=12000000\nPOWER_SUPPLY_MODEL_NAME=X\nPOWER_SUPPLY_TECHNOLOGY=Unknown\n";
    let rows = rows(&[(BAT0, text.as_bytes()), ("sys/class/power_supply/BAT0/type", b"Battery\n")]);
    assert_eq!((rows[0].integer("capacity"), rows[0].integer("real_capacity")), (Some(60000), Some(48000)));
    assert_eq!((rows[0].get("voltage"), rows[0].get("chemistry")), (None, None));
}

#[test]
fn no_batteries_of_this_machine() {
    let changes = [("TYPE=Battery", "TYPE=Mains"), ("PRESENT=1", "PRESENT=0"), ("PRESENT=1", "SCOPE=Device")];
    for (old, new) in changes {
        assert_eq!(rows(&[(BAT0, LAPTOP.replace(old, new).as_bytes())]), [], "{new}");
    }
}

#[test]
fn numbers_that_no_battery_has_are_left_out() {
    let huge = u64::MAX.to_string();
    let text = format!(
        "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_MODEL_NAME=X\nPOWER_SUPPLY_SERIAL_NUMBER=0000\n\
         POWER_SUPPLY_VOLTAGE_MIN_DESIGN={huge}\nPOWER_SUPPLY_CHARGE_FULL={huge}\nPOWER_SUPPLY_ENERGY_FULL_DESIGN=-5\n"
    );
    assert_eq!(rows(&[(BAT0, text.as_bytes())]), [Row::new().with("name", "X")]);
}

#[test]
fn a_damaged_table_leaves_what_the_kernel_says() {
    let whole = table(&[("004711", "LAB-57")]);
    for end in 0..whole.len() {
        let rows = rows(&[(BAT0, LAPTOP.as_bytes()), (TABLE, &whole[..end])]);
        assert_eq!((rows.len(), field(&rows[0], "serial").as_str()), (1, "4711"), "{end}");
    }
}

#[test]
fn more_batteries_than_there_can_be_are_said() {
    let table = table(&vec![("7", "X"); MOST + 2]);
    let (rows, missing) = TestMachine::of(&[(TABLE, table)]).collect(collect);
    assert_eq!((rows.len(), missing.len()), (MOST, 1));
}
