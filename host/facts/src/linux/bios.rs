//! The firmware, and what it says of the machine: maker, model, serial numbers.
//!
//! From SMBIOS; on boards without it from the device tree and the last lines of `/proc/cpuinfo`. A container has no serial
//! number: what it can read there is its host's.

use super::cpu::cpuinfo::Cpuinfo;
use super::device_tree;
use crate::smbios::rows;
use crate::{Roots, Scan};
use airlock_model::Row;

const SECURE_BOOT: &str = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

pub(super) fn collect(scan: &Scan<'_>) {
    let dmi = scan.machine.dmi();
    let mut row = rows::bios(&dmi.identity);
    dmi.say_root_only(scan, |path| !path.ends_with("/product_uuid"));
    if let Some(damage) = dmi.tables.as_ref().and_then(|tables| tables.damage()) {
        scan.missing(damage);
    }
    if !dmi.present {
        from_board(scan, &mut row);
    }
    row.maybe("enclosureserial", dmi.identity.chassis.serial.clone());
    if scan.machine.guest().is_container() {
        row.remove("enclosureserial");
        row.remove("ssn");
        row.remove("msn");
    }
    row.maybe("secure_boot", secure_boot(scan.roots(), dmi.present));
    scan.row(row);
}

/// Boards without SMBIOS: what the loader put into the device tree, and what the kernel writes after the processors.
fn from_board(scan: &Scan<'_>, row: &mut Row) {
    let tree = |name: &str| device_tree::text(scan.roots(), name);
    let board = Cpuinfo::parse(scan.machine.cpuinfo()).board().map(|board| board.row()).unwrap_or_default();
    // Boards without a number have one of zeros.
    let says = |field: &str| {
        let text = board.text(field).filter(|text| !text.trim_start_matches('0').is_empty());
        text.map(str::to_owned)
    };
    row.maybe("smodel", tree("model"))
        .maybe("mmodel", says("mmodel"))
        .maybe("msn", says("msn"))
        .maybe("ssn", says("ssn").or_else(|| tree("serial-number")));
}

/// The UEFI variable: four bytes of attributes, then 1 or 0. A machine that started without UEFI cannot have it; but
/// containers have that folder hidden from them, so the table of the firmware must be there to say so.
fn secure_boot(roots: &Roots, smbios: bool) -> Option<&'static str> {
    if let Ok(variable) = roots.bytes(SECURE_BOOT) {
        return match variable.get(4)? {
            1 => Some("enabled"),
            _ => Some("disabled"),
        };
    }
    let unsupported = if roots.exists("/sys/firmware/efi") {
        roots.names("/sys/firmware/efi/efivars").is_ok_and(|names| !names.is_empty()) && !roots.exists(SECURE_BOOT)
    } else {
        smbios && roots.exists("/sys/firmware/dmi/tables")
    };
    unsupported.then_some("unsupported")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn bios(files: &[(&str, &[u8])]) -> (Row, Vec<String>) {
        let (mut rows, missing) = TestMachine::of(files).collect(collect);
        (rows.pop().unwrap_or_default(), missing)
    }

    const TABLE: &str = "sys/firmware/dmi/tables/DMI";

    #[test]
    fn the_table_comes_before_the_kernels_texts() {
        let table = crate::smbios::testing::whole_machine();
        let (row, missing) = bios(&[(TABLE, &table), ("sys/class/dmi/id/sys_vendor", b"Other\n")]);
        assert_eq!(row.text("smanufacturer"), Some("Lab Computers"));
        assert_eq!(row.text("ssn"), Some("C-1"), "that of the chassis, as the system has none");
        assert_eq!(row.text("bdate"), Some("2024-03-17"));
        assert_eq!(row.text("skunumber"), Some("SKU-1"));
        assert_eq!(row.text("secure_boot"), Some("unsupported"));
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_damaged_table_is_said() {
        let mut table = crate::smbios::testing::whole_machine();
        table.truncate(table.len() - 20);
        assert_eq!(bios(&[(TABLE, &table)]).1.len(), 1);
    }

    #[test]
    fn lenovo_has_the_name_in_the_version() {
        let (row, _) = bios(&[
            ("sys/class/dmi/id/sys_vendor", b"LENOVO\n"),
            ("sys/class/dmi/id/product_name", b"20L5CTO1WW\n"),
            ("sys/class/dmi/id/product_version", b"ThinkPad T480\n"),
            ("sys/class/dmi/id/product_serial", b"System Serial Number\n"),
            ("sys/class/dmi/id/chassis_asset_tag", b"No Asset Tag\n"),
        ]);
        assert_eq!(row.text("smodel"), Some("ThinkPad T480"));
        assert_eq!((row.text("ssn"), row.text("assettag")), (None, None));
    }

    #[test]
    fn a_container_has_no_serial_numbers() {
        let (row, _) = bios(&[
            ("sys/class/dmi/id/sys_vendor", b"ACME\n"),
            ("sys/class/dmi/id/product_serial", b"S-1\n"),
            ("sys/class/dmi/id/board_serial", b"B-1\n"),
            ("run/.containerenv", b""),
        ]);
        assert_eq!((row.text("ssn"), row.text("msn"), row.text("smanufacturer")), (None, None, Some("ACME")));
    }

    #[test]
    fn boards_without_smbios() {
        let cpuinfo = b"processor\t: 0\nCPU architecture: 8\nRevision of\t: 9\n\nHardware\t: BCM2835\nRevision\t: a02082\nSerial\t\t: 00000000f00dcafe\n";
        let (row, _) = bios(&[
            ("proc/cpuinfo", cpuinfo),
            ("sys/firmware/devicetree/base/model", b"Raspberry Pi 3 Model B Rev 1.2\0"),
        ]);
        assert_eq!(row.text("smodel"), Some("Raspberry Pi 3 Model B Rev 1.2"));
        assert_eq!(row.text("mmodel"), Some("BCM2835"));
        assert_eq!((row.text("msn"), row.text("ssn")), (Some("a02082"), Some("00000000f00dcafe")));
        assert_eq!(row.text("secure_boot"), None);
    }

    #[test]
    fn secure_boot_in_all_its_states() {
        let state = |bytes: &[u8]| {
            let (row, _) = bios(&[(SECURE_BOOT, bytes)]);
            row.text("secure_boot").map(str::to_owned)
        };
        assert_eq!(state(&[6, 0, 0, 0, 1]).as_deref(), Some("enabled"));
        assert_eq!(state(&[6, 0, 0, 0, 0]).as_deref(), Some("disabled"));
        assert_eq!(state(&[6]), None);
        let (row, _) = bios(&[("sys/firmware/efi/efivars/Boot0000-x", b"")]);
        assert_eq!(row.text("secure_boot"), Some("unsupported"));
    }
}
