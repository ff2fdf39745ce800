//! Memory: the places for modules and what is in them, from SMBIOS; how much the kernel has, from `/proc/meminfo`.

use super::bmc;
use crate::Scan;
use crate::output::ipmitool::{complete_memories, is_bare};
use crate::smbios::{memory_devices, rows};
use airlock_model::Row;

/// One row a place, empty ones too: their number says how far the machine can grow.
pub(super) fn collect(scan: &Scan<'_>) {
    let Some(tables) = scan.machine.dmi().tables(scan) else { return };
    let devices = (1_i64..).zip(memory_devices(tables));
    let mut rows: Vec<Row> = devices.map(|(number, device)| rows::memory(number, device)).collect();
    if rows.iter().any(is_bare) {
        complete_memories(&mut rows, &bmc::field_units(scan));
    }
    for row in rows {
        scan.row(row);
    }
}

pub(super) fn totals(scan: &Scan<'_>) {
    let Some(text) = scan.text("/proc/meminfo") else { return };
    let mebibytes = |name: &str| -> Option<u64> {
        let rest = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        rest.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes / 1024)
    };
    let mut row = Row::new();
    row.maybe("memory", mebibytes("MemTotal")).maybe("swap", mebibytes("SwapTotal"));
    scan.row(row);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn rows(files: &[(&str, &[u8])], read: fn(&Scan<'_>)) -> Vec<Row> {
        TestMachine::of(files).rows(read)
    }

    #[test]
    fn modules_and_empty_places() {
        let table = crate::smbios::testing::whole_machine();
        let rows = rows(&[("sys/firmware/dmi/tables/DMI", &table)], collect);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].integer("capacity"), Some(16384));
        assert_eq!((rows[0].text("type"), rows[0].text("speed")), (Some("DDR4"), Some("3200")));
        assert_eq!((rows[0].text("manufacturer"), rows[0].text("model")), (Some("Micron"), Some("8ATF2G64HZ-3G2E1")));
        assert_eq!(rows[0].text("memorycorrection"), Some("Multi-bit ECC"));
        assert_eq!((rows[1].integer("numslots"), rows[1].get("capacity")), (Some(2), None));
        assert_eq!((rows[2].text("manufacturer"), rows[2].text("model")), (None, Some("M471A5244BB0")));
    }

    #[test]
    fn totals_are_whole_mebibytes() {
        let rows = rows(&[("proc/meminfo", b"MemTotal:        2030567 kB\nSwapTotal:   1048572 kB\n")], totals);
        assert_eq!((rows[0].integer("memory"), rows[0].integer("swap")), (Some(1982), Some(1023)));
    }
}
