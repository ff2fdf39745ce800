//! Memory modules, from the vital product data.

use super::lsvpd::Record;
use airlock_model::Row;

/// Each module with the number of its place, counted from 0.
pub fn rows(records: &[Record]) -> Vec<Row> {
    let modules = records.iter().filter(|record| {
        record.get("FG") == Some("XXMS") || record.description().to_ascii_uppercase().contains("DIMM")
    });
    let row = |(record, number): (&Record, i64)| {
        let mut row = Row::new().with("description", record.description()).with("numslots", number);
        row.maybe("capacity", record.get("SZ").and_then(|size| size.parse::<u64>().ok()));
        row.maybe("caption", record.get("YL").map(|place| format!("Slot {place}")));
        row.maybe("serialnumber", record.get("SN"));
        row
    };
    modules.zip(0_i64..).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aix::lsvpd::records;

    #[test]
    fn modules_have_places() {
        let rows = rows(&records(
            "*FC ????????\n*DS CEC\n*FC ????????\n*DS Memory DIMM\n*YL U1-P1-C1\n*SZ 4096\n*SN A1\n*FC ????????\n*DS Lab board\n*FG XXMS\n*SZ many\n",
        ));
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text("caption"), Some("Slot U1-P1-C1"));
        assert_eq!(rows[0].integer("capacity"), Some(4096));
        assert_eq!(rows[1].integer("numslots"), Some(1));
        assert_eq!(rows[1].get("capacity"), None);
    }
}
