//! The slots for cards as the firmware describes them. A slot with neither a name nor a kind is none.

use crate::Scan;
use crate::smbios::{rows, slots};

/// One row a slot, empty ones too.
pub(super) fn collect(scan: &Scan<'_>) {
    let Some(tables) = scan.machine.dmi().tables(scan) else { return };
    for slot in slots(tables) {
        scan.row(rows::complete_slot(rows::slot(slot)));
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
            .add(9, &[1, 0xb6, 0x0d, 3, 4, 1, 0, 0, 0], &["PCIEX16_1"])
            .add(9, &[1, 0x17, 0x0a, 4, 4, 2, 1, 0, 0], &["M2_1"])
            .add(9, &[0, 0x06, 0x02, 5, 4, 3, 0, 0, 0], &[])
            .add(9, &[1, 0xee, 0x05, 2, 4], &["Odd"])
            .add(9, &[1, 2], &["Not Specified"])
            .end()
    }

    #[test]
    fn slots_with_and_without_a_card() {
        let rows = TestMachine::of(&[(TABLE, table())]).rows(collect);
        let texts: Vec<_> =
            rows.iter().map(|row| ["name", "description", "designation", "status"].map(|f| row.text(f))).collect();
        assert_eq!(
            texts,
            [
                [Some("PCIEX16_1"), Some("x16 PCI Express 3 x16"), Some("1"), Some("free")],
                [Some("M2_1"), Some("x4 M.2 Socket 3 (Mechanical Key M)"), Some("258"), Some("used")],
                [Some("Slot 3"), Some("PCI"), Some("3"), None],
                [Some("Odd"), Some("Unknown"), None, None],
            ]
        );
    }

    #[test]
    fn a_damaged_table_gives_what_comes_before_the_damage() {
        let mut table = table();
        let third = table.windows(2).rposition(|pair| pair == [9, 13]).unwrap();
        table[third + 1] = 3;
        assert_eq!(TestMachine::of(&[(TABLE, &table)]).rows(collect).len(), 2);
        for end in 0..third {
            assert!(TestMachine::of(&[(TABLE, &table[..end])]).rows(collect).len() <= 2);
        }
    }
}
