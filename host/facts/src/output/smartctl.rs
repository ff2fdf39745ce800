//! What smartctl says about the identity of a disk: `smartctl -i` as text, `smartctl -j -i` as JSON.
//!
//! Only what identifies a disk is read; its health is not. The words of a device that answers in an older text format
//! (`Device: MAKER MODEL Version: X`) are left alone, for maker and model cannot be told apart in them.
//!
//! Sources: smartctl(8); the names of smartmontools' JSON output.

use super::disk::{Disk, said};
use super::record::pair;
use crate::units::Number;
use serde_json::Value;

/// The disk of a text; none when it describes none.
pub fn disk(text: &str) -> Option<Disk> {
    let mut disk = Disk::default();
    let mut family = None;
    let mut transport = None;
    let mut is_ata = false;
    let mut is_nvme = false;
    for (name, value) in text.lines().take(1000).filter_map(pair) {
        let value = value.trim();
        match name.trim_end() {
            "Model Family" => family = said(value),
            "Vendor" => disk.maker = said(value),
            "Device Model" => {
                is_ata = true;
                disk.model = said(value);
            }
            "Model Number" => {
                is_nvme = true;
                disk.model = said(value);
            }
            "Product" => disk.model = said(value),
            "Serial Number" | "Serial number" => disk.serial = said(value),
            "Firmware Version" | "Revision" => disk.firmware = said(value),
            "User Capacity" | "Namespace 1 Size/Capacity" => disk.bytes = bytes(value),
            "Total NVM Capacity" => disk.bytes = disk.bytes.or_else(|| bytes(value)),
            "LU WWN Device Id" => disk.wwn = Some(value.replace(' ', "")),
            "Logical Unit id" => disk.wwn = value.strip_prefix("0x").map(str::to_owned),
            "SATA Version is" => transport = Some("SATA".to_owned()),
            "Transport protocol" => transport = Some(link(value)),
            "Device type" => disk.kind = said(value).map(|kind| kind_of(&kind)),
            _ => {}
        }
    }
    if is_ata {
        disk.description = Some("SATA".to_owned());
    }
    if is_nvme {
        disk.description = Some("PCI".to_owned());
        transport = Some("NVME".to_owned());
    } else if let Some(link) = &transport {
        disk.description = Some(link.clone());
    }
    disk.interface = transport;
    disk.maker = disk.maker.or_else(|| family.as_deref().and_then(maker_of_family));
    if disk == Disk::default() {
        return None;
    }
    disk.kind = disk.kind.or_else(|| Some("disk".to_owned()));
    Some(disk.measured())
}

/// True when the tool left a sleeping disk alone (`-n standby`).
pub fn is_asleep(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("Device is in ") && line.contains(" mode"))
}

/// `500,107,862,016 bytes [500 GB]`
fn bytes(text: &str) -> Option<u64> {
    Number::leading(text)?.0.whole().filter(|bytes| *bytes > 0)
}

/// The link's name of `SAS (SPL-4)`, `Fibre channel (FCP-2)`.
fn link(protocol: &str) -> String {
    let name = protocol.split('(').next().unwrap_or_default().trim();
    if name.eq_ignore_ascii_case("fibre channel") { "FC".to_owned() } else { name.to_ascii_uppercase() }
}

fn kind_of(kind: &str) -> String {
    if kind.starts_with("CD") { "cd".to_owned() } else { kind.to_ascii_lowercase() }
}

/// A family begins with its maker: `Western Digital Blue`, `ACME based SSDs`.
fn maker_of_family(family: &str) -> Option<String> {
    let two = ["Western Digital"];
    let known = two.into_iter().find(|maker| family.starts_with(maker));
    known.or_else(|| family.split([' ', '/']).next()).map(str::to_owned)
}

/// The disk of a JSON object; none when it describes none.
pub fn disk_of_json(json: &str) -> Option<Disk> {
    let json: Value = serde_json::from_str(json).ok()?;
    let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).and_then(said);
    let number = |pointer: &str| json.pointer(pointer).and_then(Value::as_u64);
    let any = |pointers: &[&str]| pointers.iter().find_map(|pointer| text(pointer));
    let protocol = text("/device/protocol").unwrap_or_default();
    let (description, interface) = match protocol.as_str() {
        "NVMe" => (Some("PCI".to_owned()), Some("NVME".to_owned())),
        "ATA" if json.get("sata_version").is_some() => (Some("SATA".to_owned()), Some("SATA".to_owned())),
        "ATA" => (Some("SATA".to_owned()), None),
        _ => {
            let link = text("/scsi_transport_protocol/name").map(|name| link(&name));
            (link.clone().or_else(|| (protocol == "SCSI").then(|| protocol.clone())), link)
        }
    };
    let wwn = json.get("wwn").and_then(|wwn| {
        let part = |name: &str| wwn.get(name)?.as_u64();
        Some(format!("{:x}{:06x}{:09x}", part("naa")?, part("oui")?, part("id")?))
    });
    let disk = Disk {
        name: text("/device/name").map(|name| name.trim_start_matches("/dev/").to_owned()),
        maker: any(&["/scsi_vendor", "/vendor"]).or_else(|| text("/model_family").as_deref().and_then(maker_of_family)),
        model: any(&["/scsi_product", "/product", "/model_name"]),
        firmware: any(&["/firmware_version", "/scsi_revision", "/revision"]),
        serial: text("/serial_number"),
        kind: text("/device_type/name").map(|kind| kind_of(&kind)),
        description,
        interface,
        wwn: wwn.or_else(|| text("/logical_unit_id").map(|id| id.trim_start_matches("0x").to_owned())),
        megabytes: None,
        bytes: number("/user_capacity/bytes").or_else(|| number("/nvme_total_capacity")).filter(|bytes| *bytes > 0),
    };
    if disk.model.is_none() && disk.serial.is_none() {
        return None;
    }
    Some(Disk { kind: disk.kind.clone().or_else(|| Some("disk".to_owned())), ..disk }.measured())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ata_disk() {
        let text = "smartctl 7.3\n\n=== START OF INFORMATION SECTION ===\nModel Family:     Western Digital Blue\n\
            Device Model:     WDC WD10TEST-00A\nSerial Number:    WD-1\nLU WWN Device Id: 5 0014ee 012345678\n\
            Firmware Version: 01.01A01\nUser Capacity:    1,000,204,886,016 bytes [1.00 TB]\n\
            SATA Version is:  SATA 3.0, 6.0 Gb/s\nLocal Time is:    Mon Jan  1 10:00:00 2024 CET\n";
        let disk = disk(text).unwrap();
        assert_eq!(disk.maker.as_deref(), Some("Western Digital"));
        assert_eq!((disk.model.as_deref(), disk.serial.as_deref()), (Some("WDC WD10TEST-00A"), Some("WD-1")));
        assert_eq!((disk.wwn.as_deref(), disk.megabytes), (Some("50014ee012345678"), Some(1_000_204)));
        assert_eq!((disk.interface.as_deref(), disk.kind.as_deref()), (Some("SATA"), Some("disk")));
    }

    #[test]
    fn scsi_and_nvme() {
        let scsi = disk("Vendor:  ACME\nProduct:  Disc A B\nRevision: 1.0\nDevice type:  CD/DVD\n").unwrap();
        assert_eq!((scsi.model.as_deref(), scsi.kind.as_deref()), (Some("Disc A B"), Some("cd")));
        assert_eq!((scsi.description, scsi.interface), (None, None));
        let sas = disk("Serial number: S1\nDevice type: disk\nTransport protocol: SAS (SPL-4)\n").unwrap();
        assert_eq!((sas.interface.as_deref(), sas.serial.as_deref()), (Some("SAS"), Some("S1")));
        let nvme = disk("Model Number:  ACME NV\nNamespace 1 Size/Capacity:  256,060,514,304 [256 GB]\n").unwrap();
        assert_eq!((nvme.interface.as_deref(), nvme.megabytes), (Some("NVME"), Some(256_060)));
        assert_eq!(link("Fibre channel (FCP-2)"), "FC");
    }

    #[test]
    fn json_says_the_same() {
        let json = r#"{"device":{"name":"/dev/sda","protocol":"ATA"},"model_name":"ACME 1","serial_number":"S",
            "wwn":{"naa":5,"oui":5358,"id":4886718},"sata_version":{"string":"SATA 3.3"},
            "firmware_version":"F","user_capacity":{"blocks":1,"bytes":1000204886016}}"#;
        let disk = disk_of_json(json).unwrap();
        assert_eq!((disk.name.as_deref(), disk.interface.as_deref()), (Some("sda"), Some("SATA")));
        assert_eq!((disk.wwn.as_deref(), disk.megabytes), (Some("50014ee0004a90be"), Some(1_000_204)));
    }

    #[test]
    fn no_disk_no_row() {
        assert_eq!(disk(""), None);
        assert_eq!(disk("/dev/sdb: Unknown USB bridge [0x0000:0x0000]\nPlease specify device type\n"), None);
        assert_eq!(disk_of_json("{}"), None);
        assert_eq!(disk_of_json("[1"), None);
        assert!(is_asleep("Device is in STANDBY mode, exit(2)\n"));
        assert!(!is_asleep("Device is:        In smartctl database\n"));
    }
}
