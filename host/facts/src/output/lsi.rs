//! What the tools of LSI's simpler SAS controllers say about the disks in their volumes: `mpt-status` for the first
//! generation, `sas2ircu N display` (and sas3ircu) for the later ones.
//!
//! Sources: mpt-status(8), its two ways of printing; SAS2 Integrated RAID Configuration Utility User Guide.

use super::disk::{Disk, said};
use super::record::Record;
use crate::units::Number;

/// More disks than any controller has.
const MOST: usize = 1024;

/// A disk that `mpt-status` names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its number among the physical disks.
    pub number: u32,
    pub disk: Disk,
}

/// The members of the volumes that `mpt-status` shows, plain or for scripts (`-n`).
pub fn members(text: &str) -> Vec<Member> {
    text.lines().filter_map(|line| member(line).or_else(|| member_of_script(line))).take(MOST).collect()
}

/// `ioc0 phy 0 scsi_id 8 MAKER   MODEL  REV, 68 GB, state ONLINE, flags NONE`: maker, model and revision have the widths of
/// an answer to INQUIRY.
fn member(line: &str) -> Option<Member> {
    let (_, rest) = line.trim().strip_prefix("ioc")?.split_once(" phy ")?;
    let (number, rest) = rest.split_once(" scsi_id ")?;
    let (_, rest) = rest.split_once(' ')?;
    let (words, rest) = rest.split_once(',')?;
    let mut disk = Disk::default();
    let column = |from: usize, width: usize| said(&words.chars().skip(from).take(width).collect::<String>());
    if words.chars().count() >= 24 {
        disk.maker = column(0, 8);
        disk.model = column(8, 16);
        disk.firmware = column(25, 8).or_else(|| column(24, 8));
    } else {
        let mut parts = words.split_whitespace();
        disk.maker = parts.next().and_then(said);
        disk.model = parts.next().and_then(said);
        disk.firmware = parts.next_back().and_then(said);
    }
    disk.megabytes = gigabytes(rest.split(',').next()?);
    Some(Member { number: number.trim().parse().ok()?, disk: finished(disk) })
}

/// `ioc:0 phys_id:0 scsi_id:1 vendor:MAKER product_id:MODEL revision:REV size(GB):68 state: ONLINE …`
fn member_of_script(line: &str) -> Option<Member> {
    let line = line.trim();
    line.strip_prefix("ioc:")?;
    // A value ends where the next name begins: models may have blanks in them.
    let value = |name: &str| {
        let (_, after) = line.split_once(name)?;
        let end = after
            .find(':')
            .map_or(after.len(), |colon| after.get(..colon).and_then(|words| words.rfind(' ')).unwrap_or(colon));
        said(after.get(..end)?)
    };
    let number = value("phys_id:")?.parse().ok()?;
    let disk = Disk {
        maker: value("vendor:"),
        model: value("product_id:"),
        firmware: value("revision:"),
        megabytes: value("size(GB):").and_then(|size| gigabytes(&size)),
        ..Disk::default()
    };
    Some(Member { number, disk: finished(disk) })
}

fn finished(disk: Disk) -> Disk {
    let gigabytes = disk.megabytes;
    Disk {
        kind: Some("disk".to_owned()),
        description: Some("SAS".to_owned()),
        bytes: gigabytes.and_then(|size| (size / 1024).checked_mul(1 << 30)),
        maker: disk.maker.filter(|maker| maker != "ATA"),
        ..disk
    }
}

/// Whole GiB, as binary megabytes.
fn gigabytes(text: &str) -> Option<u64> {
    Number::leading(text)?.0.times(1024)?.whole()
}

/// The disks of `sas2ircu N display`: sections that are a hard disk or a solid state disk.
pub fn disks(text: &str) -> Vec<Disk> {
    let mut disks: Vec<Record> = Vec::new();
    let mut is_disk = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("Device is a") || line.starts_with("Initiator at") {
            is_disk = (line.contains("Hard disk") || line.contains("Solid State")) && disks.len() < MOST;
            if is_disk {
                disks.push(Record::default());
            }
        } else if line.starts_with("---") || line.starts_with("===") {
            is_disk = false;
        } else if let (true, Some(disk)) = (is_disk, disks.last_mut()) {
            disk.add(line);
        }
    }
    disks.iter().map(of_display).collect()
}

fn of_display(record: &Record) -> Disk {
    let get = |name: &str| record.get(name).and_then(said);
    // `Size (in MB)/(in sectors)    : 286102/585937499`
    let size = get("Size (in MB)/(in sectors)");
    let (mebibytes, sectors) = match size.as_deref().and_then(|size| size.split_once('/')) {
        Some((mebibytes, sectors)) => (mebibytes.trim().parse().ok(), sectors.trim().parse::<u64>().ok()),
        None => (None, None),
    };
    // `SAS_HDD`, `SATA_SSD`
    let link = get("Drive Type").and_then(|kind| kind.split('_').next().map(str::to_owned));
    Disk {
        name: get("Model Number"),
        maker: get("Manufacturer").filter(|maker| maker != "ATA"),
        model: get("Model Number"),
        firmware: get("Firmware Revision"),
        serial: get("Unit Serial No(VPD)").or_else(|| get("Serial No")),
        kind: Some("disk".to_owned()),
        description: link.clone().or_else(|| get("Protocol")),
        interface: link.or_else(|| get("Protocol")),
        wwn: get("GUID").map(|name| name.to_ascii_lowercase()),
        megabytes: mebibytes,
        // The last sector's number.
        bytes: sectors.and_then(|last| last.checked_add(1)?.checked_mul(512)),
    }
}

/// The controllers that `sas2ircu list` shows: lines of a table that begin with the controller's number.
pub fn controllers(text: &str) -> Vec<u32> {
    let rows = text.lines().skip_while(|line| !line.trim_start().starts_with("---")).skip(1);
    rows.map_while(|line| line.split_whitespace().next()?.parse::<u32>().ok()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_mpt_status() {
        let text = "ioc0 vol_id 0 type IM, 2 phy, 135 GB, state OPTIMAL, flags ENABLED\n\
            ioc0 phy 1 scsi_id 8 ACME-TST DISK073C3    N   A120, 68 GB, state ONLINE, flags NONE\n\
            ioc:0 vol_id:0 type:IM raidlevel:RAID-1 num_disks:2 size(GB):136 state: OPTIMAL flags: ENABLED\n\
            ioc:0 phys_id:0 scsi_id:1 vendor:ACME product_id:DISK 146 revision:S513 size(GB):136 state: ONLINE flags: NONE\n";
        let members = members(text);
        let [one, other] = members.as_slice() else { panic!("{members:?}") };
        assert_eq!((one.number, one.disk.maker.as_deref()), (1, Some("ACME-TST")));
        assert_eq!((one.disk.model.as_deref(), one.disk.firmware.as_deref()), (Some("DISK073C3    N"), Some("A120")));
        assert_eq!((one.disk.megabytes, one.disk.bytes), (Some(68 * 1024), Some(68 << 30)));
        assert_eq!((other.number, other.disk.model.as_deref()), (0, Some("DISK 146")));
        assert_eq!((other.disk.firmware.as_deref(), other.disk.megabytes), (Some("S513"), Some(136 * 1024)));
    }

    #[test]
    fn the_display_of_later_controllers() {
        let text = "----\nPhysical device information\n----\nDevice is a Hard disk\n  Enclosure #    : 1\n\
            \x20 Size (in MB)/(in sectors)               : 286102/585937499\n  Manufacturer   : ACME\n\
            \x20 Model Number   : DISK300\n  Firmware Revision : A1\n  Serial No  : SN1\n  Drive Type  : SAS_HDD\n\
            Device is a Enclosure services device\n  Manufacturer : ACME\n----\n";
        let disks = disks(text);
        let [disk] = disks.as_slice() else { panic!("{disks:?}") };
        assert_eq!((disk.serial.as_deref(), disk.interface.as_deref()), (Some("SN1"), Some("SAS")));
        assert_eq!(disk.clone().measured().megabytes, Some(300_000));
        let list =
            " Adapter  Vendor\n Index  Type\n -----  ----\n   0     SAS2008\n   1     SAS2308\nSAS2IRCU: done.\n";
        assert_eq!(controllers(list), [0, 1]);
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", "ioc", "ioc0 phy", "ioc0 phy 1 scsi_id 2 ", "ioc:0 phys_id:", "ioc:0 phys_id:é", "Device is a"]
        {
            assert!(members(text).is_empty() && disks(text).is_empty() && controllers(text).is_empty());
        }
    }
}
