//! The machine and its firmware: from the vital product data, or from `lsconf` on machines that have none.
//!
//! All partitions of a machine share its serial number, so that a partition's own is made of it and what tells the
//! partition apart: its name, as `lparstat -i` has it, or else its number, as `uname -L` has it.

use super::lsconf::Lsconf;
use super::lsvpd::Record;
use airlock_model::Row;

pub fn row(records: &[Record], lsconf: &Lsconf, uname: &str, lparstat: &str) -> Row {
    let mut row = Row::new().with("bmanufacturer", "IBM").with("smanufacturer", "IBM");
    let part = |description: &str| records.iter().find(|record| record.description() == description);
    let system = part("System VPD");
    let firmware = part("System Firmware").or_else(|| part("Platform Firmware"));
    // The level in use, the permanent and the temporary one.
    let level = firmware.and_then(|record| record.get("MI").or_else(|| record.get("RM"))?.split(' ').next());
    row.maybe("bversion", level.or_else(|| lsconf.get("Platform Firmware level")));
    let model = system.and_then(|record| record.get("TM")).or_else(|| lsconf.get("System Model"));
    row.maybe("smodel", model.map(|model| model.strip_prefix("IBM,").unwrap_or(model)));
    let serial = system.and_then(|record| record.get("SE")).or_else(|| lsconf.get("Machine Serial Number"));
    if let Some(serial) = serial {
        row.set(
            "ssn",
            match partition(uname, lparstat) {
                Some(partition) => format!("aixlpar-{serial}-{partition}"),
                None => serial.to_owned(),
            },
        );
    }
    row
}

/// `uname -L` is `NUMBER NAME`; `-1 NULL` says that the machine has no partitions.
fn partition<'a>(uname: &'a str, lparstat: &'a str) -> Option<&'a str> {
    let number = uname.split_ascii_whitespace().next().filter(|number| number.bytes().all(|b| b.is_ascii_digit()))?;
    let name = lparstat.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.split_ascii_whitespace().eq(["Partition", "Name"]).then(|| value.trim())
    });
    Some(name.filter(|name| !name.is_empty() && *name != "-").unwrap_or(number))
}

#[cfg(test)]
mod tests {
    use super::super::{lsconf, lsvpd};
    use super::*;

    #[test]
    fn a_partition_has_a_serial_of_its_own() {
        let records = lsvpd::records(
            "*FC ????????\n*DS System VPD\n*TM 1111-222\n*SE AB12\n*FC ????????\n*DS System Firmware\n*MI L1_2 L1_1 L1_2\n",
        );
        let none = Lsconf::default();
        assert_eq!(row(&records, &none, "", "").text("ssn"), Some("AB12"));
        assert_eq!(row(&records, &none, "-1 NULL", "").text("ssn"), Some("AB12"));
        assert_eq!(row(&records, &none, "7 lab", "").text("ssn"), Some("aixlpar-AB12-7"));
        let row = row(&records, &none, "7 lab", "Partition  Name      : lab7\n");
        assert_eq!(row.text("ssn"), Some("aixlpar-AB12-lab7"));
        assert_eq!(row.text("bversion"), Some("L1_2"));
        assert_eq!(row.text("smodel"), Some("1111-222"));
    }

    #[test]
    fn without_product_data_the_configuration_serves() {
        let said =
            lsconf::read("System Model: IBM,1111-333\nMachine Serial Number: CD34\nPlatform Firmware level: L9\n");
        let row = row(&[], &said, "", "");
        assert_eq!(row.text("smodel"), Some("1111-333"));
        assert_eq!(row.text("ssn"), Some("CD34"));
        assert_eq!(row.text("bversion"), Some("L9"));
    }
}
