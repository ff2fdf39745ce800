//! What `hdparm -I` says about the identity of an ATA disk.
//!
//! Devices that do not know the command answer with whatever is in their memory, and hdparm prints that as if it were an
//! identity. The disk's answer ends with a signature and a checksum: one with neither is not believed, unless the
//! place of the signature is empty, as older disks leave it.
//!
//! Source: hdparm(8); ATA8-ACS, IDENTIFY DEVICE word 255.

use super::disk::{Disk, said};
use super::record::pair;
use crate::units::Number;

/// The disk of a text; none when it describes none, or cannot be believed.
pub fn disk(text: &str) -> Option<Disk> {
    let mut disk = Disk::default();
    for (name, value) in text.lines().take(1000).filter_map(pair) {
        let value = value.trim();
        match name.trim_end() {
            "Model Number" => disk.model = said(value),
            "Serial Number" => disk.serial = said(value),
            "Firmware Revision" => disk.firmware = said(value),
            "Transport" if value.starts_with("Serial") => {
                disk.description = Some("SATA".to_owned());
                disk.interface = Some("SATA".to_owned());
            }
            "Transport" if value.starts_with("Parallel") => {
                disk.description = Some("IDE".to_owned());
                disk.interface = Some("IDE".to_owned());
            }
            "device size with M = 1000*1000" => {
                disk.megabytes = Number::leading(value).and_then(|(size, _)| size.whole());
            }
            "Logical Unit WWN Device Identifier" => disk.wwn = said(value),
            "Checksum" if value != "correct" => return None,
            _ => {}
        }
    }
    let is_broken =
        text.lines().any(|line| line.starts_with("Integrity word not set") && !line.contains("found 0x0000"));
    let is_nothing = disk.model.is_none() && disk.serial.is_none();
    (!is_broken && !is_nothing).then_some(disk)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISK: &str = "\n/dev/sda:\n\nATA device, with non-removable media\n\tModel Number:       ACME SSD 1   \n\
        \tSerial Number:      S1\n\tFirmware Revision:  F1\n\tTransport:          Serial, ATA8-AST, SATA Rev 3.0\n\
        \tdevice size with M = 1024*1024:      244198 MBytes\n\
        \tdevice size with M = 1000*1000:      256060 MBytes (256 GB)\n\
        Logical Unit WWN Device Identifier: 5000c50000000001\n";

    #[test]
    fn an_ata_disk() {
        let disk = disk(&format!("{DISK}Checksum: correct\n")).unwrap();
        assert_eq!((disk.model.as_deref(), disk.serial.as_deref()), (Some("ACME SSD 1"), Some("S1")));
        assert_eq!((disk.megabytes, disk.interface.as_deref()), (Some(256_060), Some("SATA")));
        assert_eq!(disk.wwn.as_deref(), Some("5000c50000000001"));
    }

    #[test]
    fn an_answer_without_a_signature_is_not_believed() {
        assert_eq!(disk(&format!("{DISK}Integrity word not set (found 0x5254, expected 0xe3a5)\n")), None);
        assert_eq!(disk(&format!("{DISK}Checksum: incorrect\n")), None);
        assert!(disk(&format!("{DISK}Integrity word not set (found 0x0000, expected 0xe3a5)\n")).is_some());
        assert_eq!(disk("\n/dev/sdb:\n\nATA device\nCapabilities:\n\tDMA: not supported\n"), None);
    }
}
