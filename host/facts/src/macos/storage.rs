//! Disks and other media, from `system_profiler -xml` of the data types SPSerialATADataType, SPParallelATADataType,
//! SPNVMeDataType, SPUSBDataType, SPFireWireDataType, SPCardReaderDataType and SPDiscBurningDataType.

use super::plist::Plist;
use super::size::{self, Size};
use airlock_model::Row;

/// Devices of one report, and how deep hubs and units are nested.
const DEVICES: usize = 10_000;
const DEPTH: usize = 32;

/// A medium or the drive for one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disk {
    /// The block device's name, `disk0`; absent for a drive without a medium.
    pub device: Option<String>,
    /// The name that the tool gives it.
    pub title: String,
    pub model: Option<String>,
    /// A name; the number of a USB vendor (`0x05ac`) for a card reader.
    pub maker: Option<String>,
    pub serial: Option<String>,
    pub firmware: Option<String>,
    pub interface: Option<String>,
    /// In words: `Disk drive`, `SD Card`.
    pub kind: &'static str,
    pub size: Option<Size>,
}

impl Disk {
    fn of(item: &Plist, kind: &'static str) -> Option<Self> {
        Some(Self {
            device: owned(item, "bsd_name"),
            title: owned(item, "_name")?,
            kind,
            size: size(item),
            ..Self::default()
        })
    }

    /// What it is called: as a block device, if it is one.
    pub fn name(&self) -> &str {
        self.device.as_deref().unwrap_or(&self.title)
    }
}

fn owned(item: &Plist, key: &str) -> Option<String> {
    item.text(key).map(str::to_owned)
}

fn size(item: &Plist) -> Option<Size> {
    match item.integer("size_in_bytes").and_then(|bytes| u64::try_from(bytes).ok()) {
        Some(bytes) => Some(Size { bytes, rounded: false }),
        None => item.text("size").and_then(size::bytes).map(|bytes| Size { bytes, rounded: true }),
    }
}

/// Disks on SATA: what hangs on each controller.
pub fn serial_ata(report: &Plist) -> Vec<Disk> {
    attached(report, "SPSerialATADataType", "SATA")
}

/// Disks on the old parallel bus.
pub fn parallel_ata(report: &Plist) -> Vec<Disk> {
    attached(report, "SPParallelATADataType", "ATA")
}

pub fn nvme(report: &Plist) -> Vec<Disk> {
    attached(report, "SPNVMeDataType", "NVME")
}

fn attached(report: &Plist, data_type: &str, interface: &str) -> Vec<Disk> {
    let controllers = report.items(data_type).iter();
    let devices = controllers.flat_map(|controller| controller.list("_items")).take(DEVICES).filter_map(|item| {
        Some(Disk {
            model: owned(item, "device_model").or_else(|| owned(item, "_name")),
            serial: owned(item, "device_serial"),
            firmware: owned(item, "device_revision"),
            interface: Some(interface.to_owned()),
            ..Disk::of(item, "Disk drive")?
        })
    });
    sorted(devices.collect())
}

/// Drives that write discs. Those on SATA are listed there too.
pub fn disc_burning(report: &Plist) -> Vec<Disk> {
    let devices = report.items("SPDiscBurningDataType").iter().take(DEVICES).filter_map(|item| {
        Some(Disk {
            model: owned(item, "_name"),
            firmware: owned(item, "firmware"),
            interface: owned(item, "interconnect"),
            ..Disk::of(item, "Disk burning")?
        })
    });
    sorted(devices.collect())
}

/// Card readers, and the cards in them.
pub fn card_reader(report: &Plist) -> Vec<Disk> {
    let mut disks = Vec::new();
    for reader in report.items("SPCardReaderDataType").iter().take(DEVICES) {
        disks.extend(reader.list("_items").iter().take(DEVICES).filter_map(|card| Disk::of(card, "SD Card")));
        disks.extend(Disk::of(reader, "Card reader").map(|disk| Disk {
            model: owned(reader, "_name"),
            maker: owned(reader, "spcardreader_vendor-id"),
            serial: owned(reader, "spcardreader_serialnumber"),
            firmware: owned(reader, "spcardreader_revision-id"),
            ..disk
        }));
    }
    sorted(disks)
}

/// Disks and drives on USB: what has a medium in it, and optical drives without one. Card readers have a report of
/// their own.
pub fn usb(report: &Plist) -> Vec<Disk> {
    let mut disks = Vec::new();
    nested(report.items("SPUSBDataType"), "_items", 0, &mut |item| {
        // The names of the members changed with 10.8.
        let said = |names: [&str; 2]| names.iter().find_map(|name| owned(item, name));
        if let Some(disk) = Disk::of(item, "Disk drive").filter(|disk| is_storage(item, disk)) {
            disks.push(Disk {
                model: Some(disk.title.clone()),
                maker: said(["manufacturer", "f_manufacturer"]),
                serial: said(["serial_num", "d_serial_num"]),
                firmware: said(["bcd_device", "c_bcd_device"]),
                interface: Some("USB".to_owned()),
                ..disk
            });
        }
    });
    sorted(disks)
}

fn is_storage(item: &Plist, disk: &Disk) -> bool {
    let words: Vec<String> =
        disk.title.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect();
    let said = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let reader = said(&["card"]) && said(&["reader"]);
    let optical = said(&["optical", "dvd", "cd", "superdrive", "dvdrw"]) && !said(&["mouse"]);
    !reader && (disk.device.is_some() || (optical && item.list("_items").is_empty()))
}

/// Disks on FireWire: the units that have a medium.
pub fn fire_wire(report: &Plist) -> Vec<Disk> {
    let mut disks = Vec::new();
    nested(report.items("SPFireWireDataType"), "_items", 0, &mut |device| {
        nested(device.list("units"), "units", 0, &mut |unit| {
            if let Some(disk) = Disk::of(unit, "Disk drive").filter(|disk| disk.device.is_some()) {
                disks.push(Disk { interface: Some("1394".to_owned()), ..disk });
            }
        });
    });
    sorted(disks)
}

/// Looks at every item of a tree.
fn nested(items: &[Plist], key: &str, depth: usize, look: &mut dyn FnMut(&Plist)) {
    for item in items.iter().take(DEVICES) {
        look(item);
        if depth < DEPTH {
            nested(item.list(key), key, depth + 1, look);
        }
    }
}

/// By name, so that the order does not depend on the socket that something is plugged into.
fn sorted(mut disks: Vec<Disk>) -> Vec<Disk> {
    disks.truncate(DEVICES);
    disks.sort_by(|a, b| a.title.cmp(&b.title));
    disks
}

/// A row of the section `storages`.
pub fn row(disk: &Disk) -> Row {
    let mut row = Row::new().with("name", disk.name()).with("type", disk.kind);
    row.set("description", disk.title.as_str())
        .maybe("model", disk.model.clone())
        .maybe("manufacturer", disk.maker.clone().filter(|maker| !maker.starts_with("0x")))
        .maybe("serial", disk.serial.clone())
        .maybe("firmware", disk.firmware.clone())
        .maybe("interface", disk.interface.clone())
        .maybe("disksize", disk.size.map(|size| size.bytes / 1_000_000));
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(data_type: &str, items: &str) -> Plist {
        let text = format!(
            "<plist><array><dict><key>_dataType</key><string>{data_type}</string><key>_items</key><array>{items}</array>\
             </dict></array></plist>"
        );
        Plist::parse(&text).unwrap()
    }

    fn dict(members: &[(&str, &str)]) -> String {
        let text: String = members.iter().map(|(key, value)| format!("<key>{key}</key>{value}")).collect();
        format!("<dict>{text}</dict>")
    }

    #[test]
    fn sata_disks_with_exact_sizes() {
        let disk = dict(&[
            ("_name", "<string>ACME 1</string>"),
            ("bsd_name", "<string>disk0</string>"),
            ("device_model", "<string>ACME 1    </string>"),
            ("size_in_bytes", "<integer>500107862016</integer>"),
        ]);
        let found = serial_ata(&report("SPSerialATADataType", &dict(&[("_items", &format!("<array>{disk}</array>"))])));
        let row = row(&found[0]);
        assert_eq!((row.text("name"), row.text("model")), (Some("disk0"), Some("ACME 1")));
        assert_eq!((row.integer("disksize"), row.text("interface")), (Some(500_107), Some("SATA")));
    }

    #[test]
    fn usb_media_behind_hubs() {
        let stick = dict(&[
            ("_name", "<string>Stick </string>"),
            ("bsd_name", "<string>disk1</string>"),
            ("f_manufacturer", "<string>ACME </string>"),
            ("size", "<string>1,5 GB</string>"),
        ]);
        let named = |name: &str| dict(&[("_name", &format!("<string>{name}</string>"))]);
        let items = format!("<array>{stick}{}{}</array>", named("Optical USB Mouse"), named("DVD Writer"));
        let found = usb(&report("SPUSBDataType", &dict(&[("_name", "<string>Hub</string>"), ("_items", &items)])));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name(), found[1].name()), ("DVD Writer", "disk1"));
        assert_eq!(found[1].size, Some(Size { bytes: 1_610_612_736, rounded: true }));
        assert_eq!(found[1].maker.as_deref(), Some("ACME"));
    }

    #[test]
    fn another_report_gives_nothing() {
        let other = report("SPOtherDataType", &dict(&[]));
        assert!(usb(&other).is_empty() && fire_wire(&other).is_empty() && card_reader(&other).is_empty());
        assert!(disc_burning(&report("SPDiscBurningDataType", "<string>x</string>")).is_empty());
    }
}
