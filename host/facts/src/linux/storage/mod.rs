//! Disks, drives for discs and cards, and tapes: the devices themselves, not what is on them.
//!
//! A device is listed once: further paths to a disk, boot areas of a card and all that the kernel makes up (loops, RAM
//! disks, volumes, arrays) are not devices; what is behind a RAID controller is, if there is a tool to name it. An ATA disk's words are taken from the disk where they can be read, for
//! SCSI cuts them.
//!
//! Format: Documentation/ABI/stable/sysfs-block, Documentation/ABI/testing/sysfs-devices-*; SPC-4 for pages 80h and 89h.

mod asked;
mod bus;
mod multipath;
mod raid;
mod words;

use self::bus::{Bus, Kind};
use self::raid::Controllers;
use self::words::Words;
use super::udev::Record;
use crate::Scan;
use crate::output::Disk;
use airlock_model::Row;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Peripheral device types (SPC-4, table 141).
const DISK: &str = "0";
const TAPE: &str = "1";

/// What the kernel makes up; where links can be followed, the folder says it (`/devices/virtual`).
const MADE_UP: [&str; 11] = ["bcache", "dm-", "drbd", "loop", "md", "mtdblock", "nbd", "ram", "rbd", "zd", "zram"];

/// One device that holds data.
struct Device {
    /// `sda`
    name: String,
    /// Where the attributes of the disk that the kernel made of it are.
    folder: String,
    /// Where its own attributes are.
    hardware: String,
    /// Where it stands among the devices: its bus, controller and address.
    bus: Bus,
    is_tape: bool,
}

pub(super) fn collect(scan: &Scan<'_>) {
    let partitions = OnceCell::new();
    let mut addresses = BTreeSet::new();
    let controllers = Controllers::of(scan);
    let mut serials = Vec::new();
    for device in block_devices(scan).chain(others(scan)) {
        if scan.expired() {
            scan.missing(format_args!("out of time: storage devices from {} on are left out", device.name));
            return;
        }
        if device.bus.address.as_ref().is_some_and(|address| !addresses.insert(address.clone())) {
            continue;
        }
        if controllers.has_disks_of(scan, &device) {
            continue;
        }
        if let Some(row) = row(scan, &device, &partitions) {
            serials.extend(row.text("serial").map(str::to_owned));
            scan.row_from(row, || format!("/sys/block/{}", device.name));
        }
    }
    for disk in controllers.disks(&serials) {
        scan.row(disk.row());
    }
}

fn block_devices<'a>(scan: &'a Scan<'_>) -> impl Iterator<Item = Device> + 'a {
    let names = scan.names("/sys/block");
    let further = multipath::further_paths(scan, &names);
    let names = names.into_iter().filter(move |name| !is_made_up(name) && !further.contains(name));
    names.filter_map(|name| {
        let folder = format!("/sys/block/{name}");
        let link = scan.roots().link(&folder).unwrap_or_default();
        let path = link.to_string_lossy();
        // A multipath NVMe device is the only real one among the virtual.
        let is_virtual = path.contains("/virtual/") && !name.starts_with("nvme");
        // Where a path has this folder in it, the device is what holds the folder.
        let is_below = path.rsplit('/').nth(1) == Some("block");
        let hardware = format!("{folder}/{}", if is_below { "../.." } else { "device" });
        (!is_virtual).then(|| Device { bus: Bus::of(scan, &path, &name), name, folder, hardware, is_tape: false })
    })
}

/// Devices that answer to SCSI commands alone: tapes, and disks that a controller keeps for itself.
fn others<'a>(scan: &'a Scan<'_>) -> impl Iterator<Item = Device> + 'a {
    scan.names("/sys/class/scsi_generic").into_iter().filter_map(|name| {
        let folder = format!("/sys/class/scsi_generic/{name}");
        let kind = scan.attr(format!("{folder}/device/type"))?;
        if kind != DISK && kind != TAPE {
            return None;
        }
        let link = scan.roots().link(&folder).unwrap_or_default();
        let bus = Bus::of(scan, &link.to_string_lossy(), &name);
        // Without an address it cannot be told from the block device.
        let hardware = format!("{folder}/device");
        bus.address.is_some().then(|| Device { bus, name, folder, hardware, is_tape: kind == TAPE })
    })
}

fn is_made_up(name: &str) -> bool {
    // `nvme0c0n1` is one path to `nvme0n1`; `mmcblk0boot0` and `mmcblk0rpmb` are areas of `mmcblk0`.
    let is_path = name.strip_prefix("nvme").is_some_and(|rest| rest.contains('c'));
    let is_area = name.strip_prefix("mmcblk").is_some_and(|rest| rest.contains(|c: char| c.is_ascii_alphabetic()));
    is_path || is_area || MADE_UP.iter().any(|prefix| name.starts_with(prefix))
}

fn row(scan: &Scan<'_>, device: &Device, partitions: &OnceCell<String>) -> Option<Row> {
    let attr = |name: &str| scan.attr(format!("{}/{name}", device.folder));
    let listed = || {
        let text = partitions.get_or_init(|| scan.roots().text("/proc/partitions").unwrap_or_default());
        Partition::find(text, &device.name)
    };
    let number = attr("dev").or_else(|| listed().map(|partition| partition.number));
    let udev = number.map(|number| Record::block(scan.roots(), &number)).unwrap_or_default();
    let sectors = attr("size").and_then(|size| size.parse::<u64>().ok());
    let bytes =
        sectors.map(|sectors| sectors.saturating_mul(512)).or_else(|| listed().map(|partition| partition.bytes));

    let name = device.name.as_str();
    let is_disc = name.starts_with("sr");
    if name.starts_with("fd")
        && bytes.unwrap_or(0) == 0
        && scan.attr(format!("{}/cmos", device.hardware)).is_none_or(|kind| kind == "0")
    {
        // The driver lists a drive that nobody has put in.
        return None;
    }
    // Without a disc, the size is that of the last one or of none at all.
    let has_medium = !is_disc || udev.get("ID_CDROM_MEDIA").is_some();
    let words = Words::of(scan, device, &udev);
    let kind = if is_disc {
        "cd"
    } else if device.is_tape {
        "tape"
    } else if attr("removable").as_deref() == Some("1") {
        "removable"
    } else {
        "disk"
    };
    let link = if device.bus.kind == Kind::Scsi && words.is_serial_ata { Kind::SerialAta } else { device.bus.kind };
    // Where only the name tells the link, an ATA disk has the one that nearly all have.
    let is_told = device.bus.is_known || link != Kind::Scsi;
    let likely = if !is_told && words.is_ata { Kind::SerialAta } else { link };
    let is_unclear = words.are_cut || words.serial.is_none();
    let mut disk = Disk {
        name: Some(name.to_owned()),
        maker: words.maker,
        model: words.model,
        firmware: words.firmware,
        serial: words.serial,
        kind: Some(kind.to_owned()),
        description: likely.description().map(str::to_owned),
        interface: link.interface().filter(|_| is_told).map(str::to_owned),
        wwn: wwn(scan, device, &udev),
        megabytes: None,
        bytes: bytes.filter(|_| has_medium),
    };
    if kind == "disk" && is_unclear && link.can_be_asked() {
        asked::complete(scan, &mut disk, words.are_cut);
    }
    let mut row = disk.measured().row();
    if let Some(address) = &device.bus.address {
        for (field, number) in ["scsi_coid", "scsi_chid", "scsi_unid", "scsi_lun"].into_iter().zip(address.split(':')) {
            row.set(field, number);
        }
    }
    Some(row)
}

/// The name that is unique in the world, if the maker gave the device one.
fn wwn(scan: &Scan<'_>, device: &Device, udev: &Record) -> Option<String> {
    let attr = |name: &str| scan.attr(format!("{}/{name}", device.folder));
    let name = match device.bus.kind {
        Kind::Nvme => attr("wwid"),
        Kind::Virtio | Kind::Card => None,
        _ => attr("device/wwid"),
    };
    let own = name.and_then(|name| match name.split_once('.')? {
        ("naa", number) => Some(format!("wwn-{number}")),
        ("eui" | "uuid", _) => Some(name),
        // The kernel or a target made it from other words.
        _ => None,
    });
    own.or_else(|| Some(format!("wwn-{}", udev.get("ID_WWN")?.strip_prefix("0x")?)))
}

/// A line of /proc/partitions: `major minor #blocks name`, blocks of 1024 bytes.
struct Partition {
    number: String,
    bytes: u64,
}

impl Partition {
    fn find(text: &str, name: &str) -> Option<Self> {
        text.lines().find_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            let (major, minor, blocks) = (fields.next()?, fields.next()?, fields.next()?);
            (fields.next()? == name).then_some(())?;
            Some(Self { number: format!("{major}:{minor}"), bytes: blocks.parse::<u64>().ok()?.saturating_mul(1024) })
        })
    }
}

#[cfg(test)]
mod tests;
