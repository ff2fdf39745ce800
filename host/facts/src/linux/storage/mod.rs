//! Disks, drives for discs and cards, and tapes: the devices themselves, not what is on them.
//!
//! A device is listed once: paths of a multipath NVMe device, boot areas of a card and all that the kernel makes up
//! (loops, RAM disks, volumes) are not devices. An ATA disk's words are taken from the disk where they can be read, for
//! SCSI cuts them.
//!
//! Format: Documentation/ABI/stable/sysfs-block, Documentation/ABI/testing/sysfs-devices-*; SPC-4 for pages 80h and 89h.

mod bus;

use self::bus::{Bus, Kind};
use super::ata;
use super::udev::Record;
use crate::Scan;
use airlock_model::Row;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::io::ErrorKind;

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
    for device in block_devices(scan).chain(others(scan)) {
        if scan.expired() {
            scan.missing(format_args!("out of time: storage devices from {} on are left out", device.name));
            return;
        }
        if device.bus.address.as_ref().is_some_and(|address| !addresses.insert(address.clone())) {
            continue;
        }
        if let Some(row) = row(scan, &device, &partitions) {
            scan.row(row);
        }
    }
}

fn block_devices<'a>(scan: &'a Scan<'_>) -> impl Iterator<Item = Device> + 'a {
    let names = scan.names("/sys/block").into_iter().filter(|name| !is_made_up(name));
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
    let link = if device.bus.kind == Kind::Scsi && words.is_serial_ata { Kind::SerialAta } else { device.bus.kind };
    let kind = if is_disc {
        "cd"
    } else if device.is_tape {
        "tape"
    } else if attr("removable").as_deref() == Some("1") {
        "removable"
    } else {
        "disk"
    };
    let megabytes = bytes.map(|bytes| bytes / 1_000_000).filter(|megabytes| has_medium && *megabytes > 0);
    let mut row = Row::new();
    row.set("name", name)
        .maybe("manufacturer", words.maker)
        .maybe("model", words.model)
        .maybe("firmware", words.firmware)
        .maybe("serial", words.serial)
        .set("type", kind)
        .maybe("disksize", megabytes)
        .maybe("description", link.description())
        .maybe("interface", link.interface())
        .maybe("wwn", wwn(scan, device, &udev));
    if let Some(address) = &device.bus.address {
        for (field, number) in ["scsi_coid", "scsi_chid", "scsi_unid", "scsi_lun"].into_iter().zip(address.split(':')) {
            row.set(field, number);
        }
    }
    Some(row)
}

/// What a device says of itself.
#[derive(Default)]
struct Words {
    maker: Option<String>,
    model: Option<String>,
    firmware: Option<String>,
    serial: Option<String>,
    is_serial_ata: bool,
}

impl Words {
    fn of(scan: &Scan<'_>, device: &Device, udev: &Record) -> Self {
        let attr = |name: &str| scan.attr(format!("{}/{name}", device.hardware));
        let mut words = match device.bus.kind {
            Kind::Nvme => Self { model: attr("model"), firmware: attr("firmware_rev"), ..Self::default() },
            Kind::Card => {
                let model = attr("name").or_else(|| udev.get("ID_NAME").map(str::to_owned));
                Self { model, firmware: attr("fwrev").filter(|text| !is_zero(text)), ..Self::default() }
            }
            // The maker of the virtual device, by its number.
            Kind::Virtio => {
                let maker = attr("vendor").and_then(|number| scan.machine.pci().maker(&number).map(str::to_owned));
                Self { maker, ..Self::default() }
            }
            Kind::Xen | Kind::Floppy => Self::default(),
            _ => Self::of_scsi(scan, device, udev),
        };
        words.model = words.model.or_else(|| model_by_udev(udev));
        words.firmware = words.firmware.or_else(|| udev.get("ID_REVISION").map(str::to_owned));
        words.serial = words.serial.or_else(|| serial(scan, device, udev));
        words
    }

    fn of_scsi(scan: &Scan<'_>, device: &Device, udev: &Record) -> Self {
        let attr = |name: &str| scan.attr(format!("{}/{name}", device.hardware));
        let maker = attr("vendor").or_else(|| udev.decoded("ID_VENDOR_ENC"));
        // This word where the maker would be says that there is an ATA disk behind a layer of translation.
        let page = if maker.as_deref() == Some("ATA") { page(scan, device, "vpd_pg89") } else { None };
        let ata = page.as_deref().and_then(ata::of_page).unwrap_or_default();
        // udev asks ATA drives for their whole name; of other devices it knows what is in sysfs.
        let whole = ata.model.or_else(|| udev.get("ID_ATA").and_then(|_| model_by_udev(udev)));
        Self {
            model: whole.or_else(|| attr("model")),
            firmware: ata.firmware.or_else(|| attr("rev")),
            serial: ata.serial,
            is_serial_ata: ata.is_serial_ata || udev.get("ID_ATA_SATA").is_some(),
            maker: maker.and_then(|maker| match maker.as_str() {
                "ATA" => None,
                number if number.starts_with("0x") => scan.machine.pci().maker(number).map(str::to_owned),
                _ => Some(maker),
            }),
        }
    }
}

fn model_by_udev(udev: &Record) -> Option<String> {
    udev.decoded("ID_MODEL_ENC").or_else(|| udev.get("ID_MODEL").map(str::to_owned))
}

fn is_zero(number: &str) -> bool {
    number.trim_start_matches("0x").bytes().all(|digit| digit == b'0')
}

fn serial(scan: &Scan<'_>, device: &Device, udev: &Record) -> Option<String> {
    let attr = |name: &str| scan.attr(format!("{}/{name}", device.folder));
    let property = |name: &str| udev.get(name).map(str::to_owned);
    match device.bus.kind {
        Kind::Nvme | Kind::Card => {
            attr("device/serial").or_else(|| property("ID_SERIAL_SHORT")).or_else(|| property("ID_SERIAL"))
        }
        // Its attribute is a request to the device, which may be busy.
        Kind::Virtio => property("ID_SERIAL").or_else(|| attr("serial")),
        // The stick's own number; what is behind its bridge may have the same one in a thousand sticks.
        Kind::Usb => property("ID_SERIAL_SHORT").or_else(|| unit_serial(scan, device)),
        // udev's short number may be the world-wide name, which is the same as another field.
        _ => property("ID_SCSI_SERIAL").or_else(|| unit_serial(scan, device)).or_else(|| property("ID_SERIAL_SHORT")),
    }
}

/// The Unit Serial Number page (SPC-4, 7.8.15): a header of four bytes, then the number.
fn unit_serial(scan: &Scan<'_>, device: &Device) -> Option<String> {
    let page = page(scan, device, "vpd_pg80")?;
    let length = usize::from(u16::from_be_bytes([*page.get(2)?, *page.get(3)?]));
    let text = page.get(4..)?;
    let text = String::from_utf8_lossy(text.get(..length).unwrap_or(text));
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

/// A page of vital product data as the kernel keeps it.
fn page(scan: &Scan<'_>, device: &Device, name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/{name}", device.hardware);
    match scan.roots().bytes(&path) {
        Ok(page) => Some(page),
        Err(error) => {
            if error.kind() == ErrorKind::PermissionDenied {
                scan.missing(format_args!("{path}: {error}"));
            }
            None
        }
    }
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
