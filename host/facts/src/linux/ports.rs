//! The connectors of the machine as the firmware describes them. One without a name or a purpose is none.

use crate::Scan;
use crate::smbios::{connectors, rows};

/// One row a connector.
pub(super) fn collect(scan: &Scan<'_>) {
    let Some(tables) = scan.machine.dmi().tables(scan) else { return };
    for connector in connectors(tables) {
        scan.row(rows::complete_connector(rows::connector(connector)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smbios::testing::Builder;
    use crate::testing::TestMachine;

    const TABLE: &str = "sys/firmware/dmi/tables/DMI";

    fn table() -> Vec<u8> {
        Builder::new()
            .add(8, &[1, 0x00, 2, 0x12, 0x10], &["JUSB1", "USB1"])
            .add(8, &[1, 0x22, 0, 0x00, 0x20], &["SATA1"])
            .add(8, &[1, 0xff, 2, 0x00, 0x00], &["FAN1", "None"])
            .add(8, &[1, 0x77, 0, 0x77, 0x77], &["J9"])
            .add(8, &[0, 0, 0, 0, 0], &[])
            .add(8, &[1, 0], &["To be filled by O.E.M."])
            .end()
    }

    #[test]
    fn connectors_inside_and_outside() {
        let rows = TestMachine::of(&[(TABLE, table())]).rows(collect);
        let texts: Vec<_> =
            rows.iter().map(|row| ["caption", "description", "name", "type"].map(|field| row.text(field))).collect();
        assert_eq!(
            texts,
            [
                [Some("USB1"), Some("Access Bus (USB)"), Some("JUSB1"), Some("USB")],
                [None, Some("SAS/SATA Plug Receptacle"), Some("SATA1"), Some("SATA")],
                [None, Some("Other"), Some("FAN1"), Some("Other")],
                [None, None, Some("J9"), Some("Other")],
            ]
        );
    }

    #[test]
    fn a_damaged_table_gives_what_comes_before_the_damage() {
        let mut table = table();
        let third = table.windows(2).position(|pair| pair == *b"FA").unwrap() - 9;
        table[third + 1] = 3;
        assert_eq!(TestMachine::of(&[(TABLE, &table)]).rows(collect).len(), 2);
        for end in 0..third {
            assert!(TestMachine::of(&[(TABLE, &table[..end])]).rows(collect).len() <= 2);
        }
    }
}
