//! The devices of `/proc/scsi/scsi`, which kernels before /sys have, and some after it.
//!
//! Source: linux/drivers/scsi/scsi_proc.c, proc_print_scsidevice: three lines a device, words in fixed columns.

use super::disk::{Disk, said};

/// More devices than any machine has.
const MOST: usize = 8192;

/// One device; its number is that of its generic device (`/dev/sg3`), for both are counted in the same order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Device {
    pub number: usize,
    /// `scsi0`
    pub host: String,
    pub channel: u32,
    pub disk: Disk,
    /// `Direct-Access`, `Enclosure` …
    pub kind: String,
}

impl Device {
    /// True for an array that its controller calls so; one with a name of its own cannot be told from a disk here.
    pub fn is_array(&self) -> bool {
        self.disk.model.as_deref().is_some_and(|model| model.to_ascii_lowercase().contains("raid"))
    }
}

/// Every device, in the order of the file.
pub fn devices(text: &str) -> Vec<Device> {
    let mut devices: Vec<Device> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(rest) = line.trim_start().strip_prefix("Host: ") {
            if devices.len() == MOST {
                break;
            }
            let mut words = rest.split_whitespace();
            let host = words.next().unwrap_or_default().to_owned();
            let channel = words.nth(1).and_then(|channel| channel.parse().ok()).unwrap_or(0);
            devices.push(Device { number: devices.len(), host, channel, ..Device::default() });
        } else if let Some(device) = devices.last_mut() {
            words(device, line.trim_start());
        }
    }
    devices
}

fn words(device: &mut Device, line: &str) {
    if let Some(kind) = line.strip_prefix("Type:") {
        kind.split("ANSI").next().unwrap_or_default().trim().clone_into(&mut device.kind);
        return;
    }
    let Some(rest) = line.strip_prefix("Vendor: ") else { return };
    let Some((maker, rest)) = rest.split_once("Model: ") else { return };
    let (model, revision) = rest.split_once("Rev: ").unwrap_or((rest, ""));
    device.disk = Disk { maker: said(maker), model: said(model), firmware: said(revision), ..Disk::default() };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_numbered_in_order() {
        let text = "Attached devices:\nHost: scsi0 Channel: 00 Id: 00 Lun: 00\n  Vendor: ACME     Model: raid10           Rev: V1.0\n\
            \x20 Type:   Direct-Access                    ANSI  SCSI revision: 02\n\
            Host: scsi2 Channel: 01 Id: 00 Lun: 00\n  Vendor: ACME-TST Model: DISK A           Rev: S3C0\n\
            \x20 Type:   Enclosure                        ANSI SCSI revision: 03\n";
        let found = devices(text);
        assert_eq!((found[1].number, found[1].host.as_str(), found[1].channel), (1, "scsi2", 1));
        assert_eq!((found[1].kind.as_str(), found[1].disk.model.as_deref()), ("Enclosure", Some("DISK A")));
        assert!(found[0].is_array() && !found[1].is_array());
        assert_eq!(found[0].disk.firmware.as_deref(), Some("V1.0"));
        assert!(devices("Vendor: x\nType: y\n").is_empty());
        assert_eq!(devices("Host:\nHost: é\n").len(), 1);
    }
}
