//! Memory: the places for modules and what is in them, from SMBIOS; how much the kernel has, from `/proc/meminfo`.

use crate::Scan;
use crate::smbios::{MemoryDevice, memory_devices};
use airlock_model::Row;

/// One row a place, empty ones too: their number says how far the machine can grow.
pub(super) fn collect(scan: &Scan<'_>) {
    let Some(tables) = scan.machine.dmi().tables(scan) else { return };
    for (number, device) in (1_i64..).zip(memory_devices(tables)) {
        // A chip for the firmware has its number, too, but is no memory of the machine's.
        if !device.flash {
            scan.row(row(number, device));
        }
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

fn row(number: i64, device: MemoryDevice) -> Row {
    let mut row = Row::new().with("numslots", number);
    row.maybe("caption", device.locator)
        .maybe("description", device.form_factor)
        .maybe("capacity", device.size)
        .maybe("speed", device.speed.map(|speed| speed.to_string()))
        .maybe("type", device.kind)
        .maybe("serialnumber", device.serial)
        .maybe("memorycorrection", device.correction)
        .maybe("manufacturer", device.manufacturer.map(decoded).filter(|text| is_maker(text)))
        .maybe("model", device.part_number.map(decoded).and_then(model));
    row
}

/// Numbers of makers and leftovers of forms are no names.
fn is_maker(text: &str) -> bool {
    let number = text.starts_with("0x") || text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let form = ["Manufacturer", "Undefined", "None", " DIMM"].iter().any(|word| text.contains(word));
    !number && !form
}

fn model(text: String) -> Option<String> {
    if ["DIMM", "Part Num", "PartNum", "Ser Num", "SerNum"].iter().any(|word| text.contains(word)) {
        return None;
    }
    let text = text.trim_end_matches(['-', ' ']);
    (!text.is_empty()).then(|| text.to_owned())
}

/// Some firmware writes the module's text as the hexadecimal digits of its characters. Shorter ones are left alone: they
/// may be numbers.
fn decoded(text: String) -> String {
    const SHORTEST: usize = 12;
    let bytes = text.as_bytes();
    if bytes.len() < SHORTEST || !bytes.len().is_multiple_of(2) || !bytes.iter().all(u8::is_ascii_hexdigit) {
        return text;
    }
    let mut characters = String::with_capacity(bytes.len() / 2);
    for pair in bytes.chunks_exact(2) {
        let byte = str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match byte {
            Some(0) => {}
            Some(byte @ 0x20..0x7f) => characters.push(char::from(byte)),
            _ => return text,
        }
    }
    let decoded = characters.trim();
    if decoded.is_empty() { text } else { decoded.to_owned() }
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

    #[test]
    fn texts_of_makers_and_models() {
        for no_maker in ["0x80CE", "1234", "Manufacturer00", "Undefined", "A1_Manufacturer0", "Some DIMM"] {
            assert!(!is_maker(no_maker), "{no_maker}");
        }
        assert!(is_maker("Kingston") && is_maker("80CE000080CE"));
        assert_eq!(model("CT16G4----".to_owned()).as_deref(), Some("CT16G4"));
        assert_eq!(model("Array1_PartNumber0".to_owned()), None);
        assert_eq!(decoded("80CE000080CE".to_owned()), "80CE000080CE");
        assert_eq!(decoded("483941384731".to_owned()), "H9A8G1");
    }
}
