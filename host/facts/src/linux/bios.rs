//! The firmware, and what it says of the machine: maker, model, serial numbers.
//!
//! From SMBIOS; on boards without it from the device tree and the last lines of `/proc/cpuinfo`. A container has no serial
//! number: what it can read there is its host's.

use super::cpu::cpuinfo::Cpuinfo;
use super::{Dmi, device_tree};
use crate::{Roots, Scan};
use airlock_model::Row;

const SECURE_BOOT: &str = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

pub(super) fn collect(scan: &Scan<'_>) {
    let dmi = scan.machine.dmi();
    let mut row = from_smbios(dmi);
    dmi.say_root_only(scan, |path| !path.ends_with("/product_uuid"));
    if let Some(damage) = dmi.tables.as_ref().and_then(|tables| tables.damage()) {
        scan.missing(damage);
    }
    if !dmi.present {
        from_board(scan, &mut row);
    }
    if scan.machine.guest().is_container() {
        row.remove("ssn");
        row.remove("msn");
    }
    row.maybe("secure_boot", secure_boot(scan.roots(), dmi.present));
    scan.row(row);
}

fn from_smbios(dmi: &Dmi) -> Row {
    let identity = &dmi.identity;
    let (firmware, system) = (&identity.firmware, &identity.system);
    let (board, chassis) = (&identity.board, &identity.chassis);
    let own = |text: &Option<String>, generic: &str| text.clone().filter(|text| !text.ends_with(generic));
    let mut row = Row::new();
    row.maybe("bmanufacturer", firmware.vendor.clone())
        .maybe("bversion", firmware.version.clone())
        .maybe("bdate", firmware.date.as_deref().and_then(iso_date))
        .maybe("smanufacturer", system.manufacturer.clone())
        .maybe("smodel", model(dmi))
        .maybe("ssn", system.serial.clone().or_else(|| chassis.serial.clone()))
        .maybe("skunumber", own(&system.sku, "SKU#"))
        .maybe("mmanufacturer", board.manufacturer.clone())
        .maybe("mmodel", board.product.clone())
        .maybe("msn", board.serial.clone())
        .maybe("assettag", own(&chassis.asset_tag, "Tag#"));
    row
}

/// Lenovo keeps the name that people know (`ThinkPad T480`) in the version, and a type number (`20L5CTO1WW`) in the
/// product.
fn model(dmi: &Dmi) -> Option<String> {
    const NAMES: &[&str] = &["Think", "Idea", "Yoga", "Netfinity", "Netvista", "Intelli"];
    let system = &dmi.identity.system;
    let lenovo = system.manufacturer.as_deref().is_some_and(|maker| maker.eq_ignore_ascii_case("LENOVO"));
    let named = |version: &String| {
        NAMES.iter().any(|name| version.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    system.version.clone().filter(|version| lenovo && named(version)).or_else(|| system.product.clone())
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

/// `mm/dd/yyyy` or `mm/dd/yy`, as SMBIOS wants it, or ISO as some write it.
pub(super) fn iso_date(text: &str) -> Option<String> {
    let number = |part: &str, low: u32, high: u32| part.parse().ok().filter(|n: &u32| (low..=high).contains(n));
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    let (month, day, year) = match (parts.as_slice(), text.contains('/')) {
        ([month, day, year], true) => (*month, *day, *year),
        ([year, month, day], false) if year.len() == 4 => (*month, *day, *year),
        _ => return None,
    };
    let (month, day) = (number(month, 1, 12)?, number(day, 1, 31)?);
    let year = match (year.len(), number(year, 0, 9999)?) {
        (4, year) => year,
        // Two digits are of the years in which the standard has been in use (DSP0134 7.1).
        (1 | 2, short) if short >= 80 => 1900 + short,
        (1 | 2, short) => 2000 + short,
        _ => return None,
    };
    Some(format!("{year:04}-{month:02}-{day:02}"))
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

    #[test]
    fn dates_become_iso() {
        assert_eq!(iso_date("03/17/2024").as_deref(), Some("2024-03-17"));
        assert_eq!(iso_date("3/7/98").as_deref(), Some("1998-03-07"));
        assert_eq!(iso_date("12/31/03").as_deref(), Some("2003-12-31"));
        assert_eq!(iso_date("2019-01-02").as_deref(), Some("2019-01-02"));
        for no_date in ["", "13/01/2020", "01/32/2020", "yesterday", "1/1/1/1", "01/01/20201"] {
            assert_eq!(iso_date(no_date), None, "{no_date:?}");
        }
    }
}
