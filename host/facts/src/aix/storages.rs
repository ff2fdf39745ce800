//! Disks, from `lsdev -Cc disk -F "name:description"` (lsdev) and the vital product data of each.

use super::lsvpd::Record;
use airlock_model::Row;
use std::collections::HashMap;

const MOST: usize = 65_536;

/// Name and description of each device: `hdisk0`, `SCSI Disk Drive`.
pub fn devices(text: &str) -> Vec<(&str, &str)> {
    let devices = text.lines().filter_map(|line| line.split_once(':').filter(|(name, _)| !name.is_empty()));
    devices.take(MOST).collect()
}

/// The section `storages`, of disks.
pub fn disks(devices: &[(&str, &str)], records: &[Record]) -> Vec<Row> {
    // The first record of a name counts.
    let named: HashMap<&str, &Record> =
        records.iter().rev().filter_map(|record| Some((record.get("AX")?, record))).collect();
    let row = |(name, description): &(&str, &str)| {
        let mut row = Row::new().with("name", *name).with("description", *description).with("type", "disk");
        if let Some(record) = named.get(name) {
            row.maybe("manufacturer", record.get("MF")).maybe("model", record.get("TM"));
            // A volume of a storage array gives the array's number for its own; a drive has a part number.
            if record.get("FN").or_else(|| record.get("PN")).is_some() {
                row.maybe("serial", record.get("SN"));
            }
        }
        row
    };
    devices.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aix::lsvpd::records;

    #[test]
    fn disks_are_found_in_the_product_data() {
        let records = records(
            "*FC ????????\n*DS Lab Disk\n*AX hdisk0\n*MF LAB\n*TM L73\n*FN 1\n*SN S1\n*FC ????????\n*AX hdisk1\n*SN array\n",
        );
        let rows = disks(&devices("hdisk0:Lab Disk\nhdisk1:Lab: Volume\nhdisk2:None\n:x\ny\n"), &records);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].text("serial"), Some("S1"));
        assert_eq!(rows[0].text("model"), Some("L73"));
        assert_eq!(rows[1].text("serial"), None);
        assert_eq!(rows[1].text("description"), Some("Lab: Volume"));
    }
}
