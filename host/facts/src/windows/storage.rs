//! Disks, from MSFT_PhysicalDisk (since Windows 8), Win32_DiskDrive and Win32_CDROMDrive.

use super::wmi::Instance;
use airlock_model::Row;

/// Rows of the section `storages` for instances of one of the classes.
pub fn rows(instances: &[Instance]) -> Vec<Row> {
    instances.iter().map(row).filter(|row| row.len() > 1).collect()
}

fn row(disk: &Instance) -> Row {
    let text = |names: &[&str]| names.iter().find_map(|name| disk.text(name));
    let name = match disk.number("DeviceId").filter(|_| disk.text("BusType").is_some()) {
        Some(number) => Some(format!("PhysicalDisk{number}")),
        None => text(&["Name", "Drive", "FriendlyName"]).map(str::to_owned),
    };
    let mut row = Row::new();
    row.maybe("name", name)
        .maybe("description", text(&["Description", "FriendlyName"]))
        .maybe("model", text(&["Model", "Caption"]))
        .maybe("manufacturer", text(&["Manufacturer"]))
        .maybe("firmware", text(&["FirmwareRevision", "FirmwareVersion"]))
        .maybe("serial", disk.text("SerialNumber").map(serial))
        .maybe("disksize", disk.number("Size").map(|bytes| bytes / 1_000_000))
        .maybe("interface", text(&["InterfaceType"]).or_else(|| disk.number("BusType").and_then(bus)))
        .maybe("type", text(&["MediaType"]).map(|kind| if kind.parse::<u64>().is_ok() { media(kind) } else { kind }))
        .maybe("scsi_coid", text(&["SCSIPort"]))
        .maybe("scsi_lun", text(&["SCSILogicalUnit"]))
        .maybe("scsi_unid", text(&["SCSITargetId"]));
    row
}

/// MSFT_PhysicalDisk.BusType.
fn bus(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "SCSI",
        2 => "ATAPI",
        3 => "ATA",
        4 => "1394",
        5 => "SSA",
        6 => "Fibre Channel",
        7 => "USB",
        8 => "RAID",
        9 => "iSCSI",
        10 => "SAS",
        11 => "SATA",
        12 => "SD",
        13 => "MMC",
        15 => "File-Backed Virtual",
        16 => "Storage Spaces",
        17 => "NVMe",
        _ => return None,
    })
}

/// MSFT_PhysicalDisk.MediaType.
fn media(number: &str) -> &'static str {
    match number {
        "3" => "HDD",
        "4" => "SSD",
        "5" => "SCM",
        _ => "",
    }
}

/// Old drivers give the text of an ATA disk as the digits of its bytes, each two of them swapped: `42563132` is `VB21`.
fn serial(text: &str) -> String {
    unswapped(text).unwrap_or_else(|| text.to_owned())
}

fn unswapped(text: &str) -> Option<String> {
    if text.len() < 8 || !text.len().is_multiple_of(4) {
        return None;
    }
    let mut plain = String::with_capacity(text.len() / 2);
    for four in text.as_bytes().chunks_exact(4) {
        let (first, second) = four.split_at_checked(2)?;
        for pair in [second, first] {
            let byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
            if !matches!(byte, 0x20..=0x7e) {
                return None;
            }
            plain.push(char::from(byte));
        }
    }
    Some(plain.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn disks_of_old_and_new_classes() {
        let rows = rows(&instances(
            "Name=\\\\.\\PHYSICALDRIVE0\nSize=1000204886016\nInterfaceType=IDE\nSerialNumber=4241444320202020\n\n\
             DeviceId=1\nBusType=17\nMediaType=4\nFriendlyName=ACME SSD\nModel=SSD 1\nSize=5\n\nStatus=OK\n",
        ));
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("serial"), rows[0].integer("disksize")), (Some("ABCD"), Some(1_000_204)));
        assert_eq!((rows[1].text("name"), rows[1].text("interface")), (Some("PhysicalDisk1"), Some("NVMe")));
        assert_eq!(rows[1].text("type"), Some("SSD"));
    }

    #[test]
    fn serials_that_are_no_digits_of_text() {
        for text in ["6177c38f910a83560899e28ee97c6204", "S1234567", "é1234567", "1234", ""] {
            assert_eq!(serial(text), text);
        }
    }
}
