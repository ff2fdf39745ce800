//! What `arcconf getconfig N pd` says about the disks behind an Adaptec controller.
//!
//! Sections begin with `Device #N`; those that are a hard drive have a serial number and a size, which is printed in MB
//! and is MiB.
//!
//! Source: Adaptec RAID Controller Command Line Utility User's Guide, `arcconf getconfig`.

use super::disk::{Disk, said};
use super::record::Record;
use crate::units::Number;

/// More disks than any controller has.
const MOST: usize = 4096;

/// The hard drives and solid state drives of one controller.
pub fn disks(text: &str) -> Vec<Disk> {
    let mut records: Vec<Record> = Vec::new();
    let mut kinds: Vec<bool> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("Device #") && records.len() < MOST {
            records.push(Record::default());
            kinds.push(false);
        } else if line.starts_with("Device is a") {
            if let Some(kind) = kinds.last_mut() {
                *kind = line.contains("Hard drive") || line.contains("Solid State") || line.contains("SSD");
            }
        } else if let Some(record) = records.last_mut() {
            record.add(line);
        }
    }
    records.iter().zip(kinds).filter(|(_, is_disk)| *is_disk).map(|(record, _)| disk(record)).collect()
}

/// The controllers that `arcconf list` shows, by number.
pub fn controllers(text: &str) -> Vec<u32> {
    let numbers = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Controller ")?.split([':', ' ']).next()?.parse::<u32>().ok());
    numbers.take(64).collect()
}

fn disk(record: &Record) -> Disk {
    let get = |name: &str| record.get(name).and_then(said);
    // `SAS 6.0 Gb/s`
    let link = get("Transfer Speed").and_then(|speed| speed.split(' ').next().map(str::to_owned));
    let mebibytes = record.get("Total Size").or_else(|| record.get("Size")).and_then(|size| {
        let (number, unit) = Number::leading(size)?;
        (unit == "MB").then(|| number.whole())?
    });
    Disk {
        name: get("Model"),
        maker: get("Vendor").filter(|maker| maker != "ATA"),
        model: get("Model"),
        firmware: get("Firmware"),
        serial: get("Serial number"),
        kind: Some("disk".to_owned()),
        description: link.clone().filter(|link| link.starts_with('S')),
        interface: link.filter(|link| link.starts_with('S')),
        wwn: get("World-wide name").map(|name| name.to_ascii_lowercase()),
        megabytes: mebibytes,
        bytes: mebibytes.and_then(|size| size.checked_mul(1 << 20)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_but_not_enclosures() {
        let text = "Controllers found: 1\n----\nPhysical Device information\n----\n      Device #0\n\
            \x20        Device is a Hard drive\n         State                              : Online\n\
            \x20        Transfer Speed                     : SAS 6.0 Gb/s\n         Vendor                             : ACME\n\
            \x20        Model                              : DISK-300\n         Firmware                           : A1\n\
            \x20        Serial number                      : SN-1\n         World-wide name                    : 5000C50000000001\n\
            \x20        Size                               : 286102 MB\n      Device #1\n\
            \x20        Device is an Enclosure services device\n         Vendor                             : ACME\n";
        let disks = disks(text);
        let [disk] = disks.as_slice() else { panic!("{disks:?}") };
        assert_eq!((disk.serial.as_deref(), disk.interface.as_deref()), (Some("SN-1"), Some("SAS")));
        assert_eq!((disk.megabytes, disk.clone().measured().megabytes), (Some(286_102), Some(299_999)));
        assert!(super::disks("Device is a Hard drive\nModel : x\n").is_empty());
    }

    #[test]
    fn controllers_are_numbered() {
        let text = "Controllers found: 2\nController information\n   Controller 1: : Optimal, Slot 1\n   Controller 2: : Optimal\n";
        assert_eq!(controllers(text), [1, 2]);
    }
}
