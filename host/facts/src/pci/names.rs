//! Names for PCI devices: from `pci.ids`, else from what is known of them already, classes else from a table.

use super::{Device, classes, sections::is_display};
use crate::ids::{Ids, Vendor};
use std::collections::BTreeMap;

/// Names all devices that the list knows. What it does not know keeps the name that it has.
pub fn name_all(devices: &mut [Device], ids: Option<&Ids>) {
    if let Some(ids) = ids {
        name_by_list(devices, ids);
    }
    devices.iter_mut().for_each(name_by_class);
}

pub(crate) fn name_by_list(devices: &mut [Device], ids: &Ids) {
    let mut wanted: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
    let mut classes: BTreeMap<u16, Option<String>> = BTreeMap::new();
    for device in devices.iter() {
        wanted.entry(device.vendor).or_default().push(device.device);
        classes.entry(device.class).or_default();
        if let Some(maker) = board(device) {
            wanted.entry(maker).or_default();
        }
    }
    let vendors: BTreeMap<u16, Vendor> =
        wanted.iter().filter_map(|(number, devices)| Some((*number, ids.vendor(*number, devices)?))).collect();
    ids.classes(&mut classes);
    let vendor_name = |number: u16| Some(vendors.get(&number)?.name.clone()).filter(|name| !name.is_empty());
    for device in devices {
        if let Some(name) = vendor_name(device.vendor) {
            // The rest of a text that begins with the vendor is the device, which is called so when it has no name.
            let rest = device.text.as_deref().and_then(|text| text.strip_prefix(name.as_str())?.strip_prefix(' '));
            if let Some(rest) = rest.map(str::to_owned) {
                device.text = None;
                device.device_name = device.device_name.take().or(Some(rest).filter(|rest| rest != "Device"));
            }
            device.vendor_name = Some(name);
        }
        let listed = vendors.get(&device.vendor).and_then(|vendor| vendor.device(device.device));
        device.device_name = listed.map(str::to_owned).or_else(|| device.device_name.take());
        let class = classes.get(&device.class).cloned().flatten().filter(|name| !name.is_empty());
        device.class_name = class.or_else(|| device.class_name.take());
        let board = board(device).and_then(vendor_name);
        device.board_maker = board.or_else(|| device.board_maker.take());
    }
}

/// The vendor of the board, where it matters.
fn board(device: &Device) -> Option<u16> {
    device.subsystem.filter(|_| is_display(device)).map(|(vendor, _)| vendor)
}

pub(crate) fn name_by_class(device: &mut Device) {
    if device.class_name.is_none() {
        device.class_name = classes::name(device.class).map(str::to_owned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn device() -> Device {
        Device { class: 0x0300, vendor: 0x8086, device: 1, subsystem: Some((0x1028, 7)), ..Device::default() }
    }

    #[test]
    fn the_list_comes_before_what_is_known() {
        let list = "1028  Dell\n8086  Intel Corporation\n\t0001  First [One]\nC 03  Display controller\n";
        let machine = TestMachine::of(&[("pci.ids", list)]);
        let ids = Ids::at(&machine.path("pci.ids")).unwrap();
        let known = Device { device_name: Some("Known".into()), class_name: Some("Known".into()), ..device() };
        let unlisted = Device { device: 2, text: Some("Intel Corporation Second".into()), ..device() };
        let other = Device { class: 0x0106, vendor: 1, text: Some("Some Thing".into()), ..device() };
        let unnamed = Device { device: 3, text: Some("Intel Corporation Device".into()), ..device() };
        let mut devices = [known, unlisted, other, unnamed];
        name_all(&mut devices, Some(&ids));
        assert_eq!(devices[0].full_name(), "Intel Corporation First [One]");
        assert_eq!(devices[0].class_name.as_deref(), Some("Display controller"));
        assert_eq!(devices[0].board_maker.as_deref(), Some("Dell"));
        assert_eq!(devices[1].name(), "Second");
        assert_eq!((devices[2].name().as_str(), devices[2].board_maker.as_deref()), ("Some Thing", None));
        assert_eq!(devices[2].class_name.as_deref(), Some("SATA controller"));
        assert_eq!(devices[3].full_name(), "Intel Corporation 8086:0003");
    }

    #[test]
    fn without_a_list_there_are_numbers() {
        let mut devices = [device()];
        name_all(&mut devices, None);
        assert_eq!((devices[0].full_name().as_str(), devices[0].vendor_name.as_deref()), ("8086:0001", None));
        assert_eq!(devices[0].class_name.as_deref(), Some("VGA compatible controller"));
    }
}
