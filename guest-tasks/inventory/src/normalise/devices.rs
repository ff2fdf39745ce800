//! Makers of devices, under one name each.

use crate::manufacturer;
use airlock_task::Row;

pub(super) fn canonical_makers(mut rows: Vec<Row>) -> Vec<Row> {
    rows.iter_mut().for_each(canonical_maker);
    rows
}

fn canonical_maker(row: &mut Row) {
    if let Some(maker) = row.text("manufacturer").map(manufacturer::canonical) {
        row.set("manufacturer", maker);
    }
}

/// A disk that names no maker of its own (ATA has no field for it) begins its model with one, more often than not.
pub(super) fn storages(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        let maker = match row.text("manufacturer").filter(|maker| *maker != "ATA") {
            Some(maker) => Some(manufacturer::canonical(maker)),
            None => row.text("model").and_then(manufacturer::of_model),
        };
        row.remove("manufacturer");
        row.maybe("manufacturer", maker);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_gets_its_maker_from_its_model() {
        let disks = vec![
            Row::new().with("model", "WDC WD10EZEX-08WN4A0").with("manufacturer", "ATA"),
            Row::new().with("model", "ACME SATA DISK 2000"),
            Row::new().with("model", "Disk").with("manufacturer", "SEAGATE"),
        ];
        let makers: Vec<Option<String>> =
            storages(disks).iter().map(|row| row.text("manufacturer").map(str::to_owned)).collect();
        assert_eq!(makers, [Some("Western Digital".into()), None, Some("Seagate".into())]);
    }
}
