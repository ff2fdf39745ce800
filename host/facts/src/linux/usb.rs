//! Devices on the USB, without root hubs and hubs with a supply of their own.
//!
//! A device's own texts come first: they name the product, where the lists of numbers often name a chip. A device whose
//! folder has no attributes is told by udev's record of it.
//!
//! Format: Documentation/ABI/stable/sysfs-bus-usb; `uevent` as drivers/usb/core/{usb,message}.c write it.

use super::udev::Record;
use crate::Scan;
use crate::ids::Ids;
use crate::usb::{Device, is_hub, is_root_hub, is_self_powered};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

const FOLDER: &str = "/sys/bus/usb/devices";

/// udev's records of USB devices, by minor number (Documentation/admin-guide/devices.txt).
const RECORDS: &str = "c189:";

/// A device, and the name of udev's record of it.
type Found = (Device, String);

pub(super) fn collect(scan: &Scan<'_>) {
    let names = scan.names(FOLDER);
    let interfaces = last_interfaces(&names);
    let ids = OnceCell::new();
    let mut told = BTreeSet::new();
    let mut untold = false;
    for name in names.iter().filter(|name| !name.contains(':') && !name.starts_with("usb")) {
        if scan.expired() {
            scan.missing(format_args!("out of time: USB devices from {name} on are left out"));
            return;
        }
        let Some(uevent) = scan.text(format!("{FOLDER}/{name}/uevent")) else {
            untold = true;
            continue;
        };
        let record = format!("{RECORDS}{}", value(&uevent, "MINOR").unwrap_or_default());
        if let Some(device) = of_sysfs(scan, name, &uevent, interfaces.get(name.as_str()).copied(), &record) {
            scan.row_from(named(scan, device, &ids).row(), || format!("{FOLDER}/{name}"));
        }
        told.insert(record);
    }
    if !untold {
        return;
    }
    for name in Record::names(scan.roots()).into_iter().filter(|name| name.starts_with(RECORDS) && !told.contains(name))
    {
        if let Some(device) = of_udev(scan, name) {
            scan.row(named(scan, device, &ids).row());
        }
    }
}

/// A device by its name in sysfs (`1-6`), with its own texts or else the list's.
pub(super) fn device(scan: &Scan<'_>, name: &str) -> Option<Device> {
    let uevent = scan.text(format!("{FOLDER}/{name}/uevent"))?;
    let record = format!("{RECORDS}{}", value(&uevent, "MINOR").unwrap_or_default());
    Some(named(scan, of_sysfs(scan, name, &uevent, None, &record)?, &OnceCell::new()))
}

/// By device (`1-6`) the last of its interfaces (`1-6:1.1`).
fn last_interfaces(names: &[String]) -> BTreeMap<&str, &str> {
    let mut last: BTreeMap<&str, (u32, &str)> = BTreeMap::new();
    for name in names {
        let Some((device, interface)) = name.split_once(':') else { continue };
        let Some(number) = interface.rsplit('.').next().and_then(|number| number.parse().ok()) else { continue };
        if last.get(device).is_none_or(|(known, _)| *known < number) {
            last.insert(device, (number, name));
        }
    }
    last.into_iter().map(|(device, (_, name))| (device, name)).collect()
}

fn of_sysfs(scan: &Scan<'_>, name: &str, uevent: &str, interface: Option<&str>, record: &str) -> Option<Found> {
    let mut numbers = value(uevent, "PRODUCT")?.split('/').map(|number| u16::from_str_radix(number, 16).ok());
    let (vendor, product) = (numbers.next()??, numbers.next()??);
    let own_class = value(uevent, "TYPE").and_then(class);
    let attr = |attr: &str| scan.attr(format!("{FOLDER}/{name}/{attr}"));
    let hub = own_class.is_some_and(|(class, _)| is_hub(class));
    if is_root_hub(vendor, product) || (hub && attr("bmAttributes").is_none_or(|bits| is_self_powered(&bits))) {
        return None;
    }
    let interface = interface.and_then(|interface| scan.text(format!("{FOLDER}/{interface}/uevent")));
    let device = Device {
        vendor,
        product,
        class: interface.as_deref().and_then(|uevent| value(uevent, "INTERFACE")).and_then(class).or(own_class),
        name: attr("product"),
        maker: attr("manufacturer"),
        serial: attr("serial"),
    };
    Some((device, record.to_owned()))
}

fn of_udev(scan: &Scan<'_>, name: String) -> Option<Found> {
    let record = Record::read(scan.roots(), &name);
    let number = |name: &str| u16::from_str_radix(record.get(name)?, 16).ok();
    let (vendor, product) = (number("ID_VENDOR_ID")?, number("ID_MODEL_ID")?);
    // `:030101:080650:`, class, subclass and protocol of each interface.
    let interface = record.get("ID_USB_INTERFACES").and_then(|all| all.split(':').rfind(|one| !one.is_empty()));
    let class = interface.and_then(|one| {
        let two = |from: usize| u8::from_str_radix(one.get(from..from + 2)?, 16).ok();
        Some((two(0)?, two(2)?))
    });
    if is_root_hub(vendor, product) || class.is_some_and(|(class, _)| is_hub(class)) {
        return None;
    }
    // Where a device has no text, udev writes its number.
    let text =
        |encoded: &str, number: &str| record.decoded(encoded).filter(|text| Some(text.as_str()) != record.get(number));
    let device = Device {
        vendor,
        product,
        class,
        name: text("ID_MODEL_ENC", "ID_MODEL_ID"),
        maker: text("ID_VENDOR_ENC", "ID_VENDOR_ID"),
        serial: record.get("ID_SERIAL_SHORT").map(str::to_owned),
    };
    Some((device, name))
}

fn named(scan: &Scan<'_>, (mut device, record): Found, ids: &OnceCell<Option<Ids>>) -> Device {
    let unnamed = |device: &Device| device.name.is_none() || device.maker.is_none();
    if unnamed(&device)
        && let Some(ids) = ids.get_or_init(|| Ids::open(scan.roots(), "usb.ids"))
    {
        device.complete_by_list(ids);
    }
    if unnamed(&device) {
        let record = Record::read(scan.roots(), &record);
        device.name = device.name.or_else(|| record.get("ID_MODEL_FROM_DATABASE").map(str::to_owned));
        device.maker = device.maker.or_else(|| record.get("ID_VENDOR_FROM_DATABASE").map(str::to_owned));
    }
    device
}

fn value<'a>(uevent: &'a str, name: &str) -> Option<&'a str> {
    uevent.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

/// `3/1/1`: class, subclass, protocol.
fn class(text: &str) -> Option<(u8, u8)> {
    let mut numbers = text.split('/').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn devices_with_and_without_texts_of_their_own() {
        let machine = TestMachine::new();
        let bus = "sys/bus/usb/devices";
        machine.file(format!("{bus}/usb1/uevent"), "PRODUCT=1d6b/2/601\nTYPE=9/0/1\nMINOR=0\n");
        machine.file(format!("{bus}/1-1/uevent"), "PRODUCT=5e3/608/100\nTYPE=9/0/1\nMINOR=1\n");
        machine.file(format!("{bus}/1-1/bmAttributes"), "e0\n");
        machine.file(format!("{bus}/1-2/uevent"), "PRODUCT=46d/c077/7200\nTYPE=0/0/0\nMINOR=2\n");
        machine.file(format!("{bus}/1-2/product"), "Mouse\n");
        machine.file(format!("{bus}/1-2/serial"), "0000:00:04.0\n");
        machine.file(format!("{bus}/1-2:1.0/uevent"), "INTERFACE=3/1/2\n");
        machine.file(format!("{bus}/1-2:1.2/uevent"), "INTERFACE=8/6/80\n");
        machine.file(format!("{bus}/1-2:1.10/uevent"), "INTERFACE=255/3/0\n");
        machine.file(format!("{bus}/1-3/uevent"), "PRODUCT=1/2/3\nTYPE=2/1/0\nMINOR=3\n");
        machine.file(format!("{bus}/1-3/serial"), "S/N:12:34\n");
        machine.file("usr/share/misc/usb.ids", "046d  Logitech, Inc.\n\tc077  Mouse M105\n");
        machine.file("run/udev/data/c189:3", "E:ID_MODEL_FROM_DATABASE=Thing\nE:ID_VENDOR_FROM_DATABASE=Maker\n");
        let rows = machine.rows(collect);
        let [mouse, thing] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(mouse.text("vendorid"), Some("046d"));
        assert_eq!(mouse.text("productid"), Some("c077"));
        assert_eq!(mouse.text("name"), Some("Mouse"));
        assert_eq!(mouse.text("manufacturer"), Some("Logitech, Inc."));
        assert_eq!(mouse.text("serial"), None);
        assert_eq!((mouse.text("class"), mouse.text("subclass")), (Some("255"), Some("3")));
        assert_eq!((thing.text("name"), thing.text("manufacturer")), (Some("Thing"), Some("Maker")));
        assert_eq!((thing.text("serial"), thing.text("class")), (Some("12:34"), Some("2")));
    }

    #[test]
    fn a_folder_without_attributes_is_told_by_udev() {
        let machine = TestMachine::new();
        machine.folder("sys/bus/usb/devices/1-2");
        machine.file("run/udev/data/c189:0", "E:ID_VENDOR_ID=1d6b\nE:ID_MODEL_ID=0002\nE:ID_USB_INTERFACES=:090000:\n");
        let keyboard = "E:ID_VENDOR_ID=0627\nE:ID_MODEL_ID=0001\nE:ID_VENDOR_ENC=0627\nE:ID_MODEL_ENC=A\\x20Keyboard\n\
            E:ID_SERIAL_SHORT=KBD-01\nE:ID_USB_INTERFACES=:030101:\nE:ID_VENDOR_FROM_DATABASE=Adomax\n";
        machine.file("run/udev/data/c189:1", keyboard);
        machine.file("run/udev/data/c189:2", "E:ID_VENDOR_ID=zz\nE:ID_USB_INTERFACES=é\n");
        let rows = machine.rows(collect);
        let [keyboard] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((keyboard.text("name"), keyboard.text("manufacturer")), (Some("A Keyboard"), Some("Adomax")));
        assert_eq!((keyboard.text("serial"), keyboard.text("subclass")), (Some("KBD-01"), Some("1")));
    }
}
