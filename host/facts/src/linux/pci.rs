//! The PCI devices of the machine, read once for every collector that speaks of them.
//!
//! One file a device says nearly all (`uevent`); configuration space is not read, for that can wake a sleeping device.
//! Names come from `pci.ids`, else from udev's records, else (classes only) from a table.
//!
//! Format: Documentation/ABI/testing/sysfs-bus-pci; `uevent` as drivers/pci/pci-driver.c writes it.

use super::udev;
use crate::Roots;
use crate::ids::Ids;
use crate::pci::{Device, name_by_class, name_by_list, short_address};

const FOLDER: &str = "/sys/bus/pci/devices";

/// More devices than any machine has.
const MOST: usize = 16 << 10;

/// Every device on the machine's PCI buses.
#[derive(Debug, Default)]
pub(crate) struct Pci {
    pub(super) devices: Vec<Device>,
}

impl Pci {
    pub(crate) fn of(roots: &Roots) -> Self {
        let addresses = roots.names(FOLDER).unwrap_or_default();
        let mut devices: Vec<Device> =
            addresses.iter().take(MOST).filter_map(|address| device(roots, address)).collect();
        // One domain is not worth saying.
        if addresses.iter().all(|address| short_address(address) != address) {
            devices.iter_mut().for_each(|device| device.slot = short_address(&device.slot).to_owned());
        }
        if !devices.is_empty() {
            name(roots, &mut devices);
        }
        Self { devices }
    }

    pub(super) fn at(&self, address: &str) -> Option<&Device> {
        self.devices.iter().find(|device| device.is_at(address))
    }

    /// The maker behind a number such as the `0x1af4` in a device's `vendor`.
    pub(super) fn maker(&self, number: &str) -> Option<&str> {
        let number = u16::from_str_radix(number.strip_prefix("0x")?, 16).ok()?;
        self.devices.iter().find(|device| device.vendor == number)?.vendor_name.as_deref()
    }
}

/// Where the kernel keeps a device's files.
pub(super) fn folder(device: &Device) -> String {
    format!("{FOLDER}/{}", address(device))
}

/// With the domain, as the kernel writes it.
pub(super) fn address(device: &Device) -> String {
    if device.slot.matches(':').count() < 2 { format!("0000:{}", device.slot) } else { device.slot.clone() }
}

fn device(roots: &Roots, address: &str) -> Option<Device> {
    let uevent = roots.text(format!("{FOLDER}/{address}/uevent")).ok()?;
    let value = |name: &str| uevent.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let (vendor, device) = pair(value("PCI_ID")?)?;
    let class = u32::from_str_radix(value("PCI_CLASS")?, 16).ok()?;
    let revision = roots.text(format!("{FOLDER}/{address}/revision")).ok();
    let revision = revision.as_deref().and_then(|text| u8::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok());
    Some(Device {
        slot: address.to_owned(),
        class: u16::try_from(class >> 8).ok()?,
        vendor,
        device,
        subsystem: value("PCI_SUBSYS_ID").and_then(pair).filter(|(vendor, _)| !matches!(vendor, 0 | 0xffff)),
        revision: revision.filter(|revision| *revision != 0).map(|revision| format!("{revision:02x}")),
        driver: value("DRIVER").map(str::to_owned),
        ..Device::default()
    })
}

/// `8086:29C0`
fn pair(text: &str) -> Option<(u16, u16)> {
    let (left, right) = text.split_once(':')?;
    Some((u16::from_str_radix(left, 16).ok()?, u16::from_str_radix(right, 16).ok()?))
}

fn name(roots: &Roots, devices: &mut [Device]) {
    if let Some(ids) = Ids::open(roots, "pci.ids") {
        name_by_list(devices, &ids);
    }
    for device in devices {
        if device.vendor_name.is_none() || device.device_name.is_none() || device.class_name.is_none() {
            name_by_udev(roots, device);
        }
        name_by_class(device);
    }
}

fn name_by_udev(roots: &Roots, device: &mut Device) {
    let record = udev::Record::pci(roots, &address(device));
    let otherwise = |known: &mut Option<String>, property: &str| {
        if known.is_none() {
            *known = record.get(property).map(str::to_owned);
        }
    };
    otherwise(&mut device.vendor_name, "ID_VENDOR_FROM_DATABASE");
    otherwise(&mut device.device_name, "ID_MODEL_FROM_DATABASE");
    otherwise(&mut device.class_name, "ID_PCI_SUBCLASS_FROM_DATABASE");
    otherwise(&mut device.class_name, "ID_PCI_CLASS_FROM_DATABASE");
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::testing::TestMachine;

    /// A device as sysfs shows it.
    pub(in crate::linux) fn device(machine: &TestMachine, slot: &str, uevent: &str, revision: &str) {
        machine.file(format!("/sys/bus/pci/devices/{slot}/uevent"), uevent);
        machine.file(format!("/sys/bus/pci/devices/{slot}/revision"), revision);
    }

    const SATA: &str = "DRIVER=ahci\nPCI_CLASS=10601\nPCI_ID=8086:2922\nPCI_SUBSYS_ID=1AF4:1100\nPCI_SLOT_NAME=x\n";

    #[test]
    fn without_any_names_there_are_numbers() {
        let machine = TestMachine::new();
        device(&machine, "0000:00:1f.2", SATA, "0x02\n");
        device(&machine, "0001:00:00.0", "PCI_CLASS=FFFF00\nPCI_ID=1AF4:1045\nPCI_SUBSYS_ID=0000:0000\n", "0x00\n");
        let pci = Pci::of(machine.roots());
        let [sata, other] = pci.devices.as_slice() else { panic!("{pci:?}") };
        assert_eq!((sata.name().as_str(), sata.slot.as_str()), ("8086:2922", "0000:00:1f.2"));
        assert_eq!(sata.class_name.as_deref(), Some("SATA controller"));
        assert_eq!(sata.subsystem, Some((0x1af4, 0x1100)));
        assert_eq!((sata.revision.as_deref(), sata.driver.as_deref()), (Some("02"), Some("ahci")));
        assert_eq!((other.slot.as_str(), other.revision.as_deref(), other.subsystem), ("0001:00:00.0", None, None));
        assert_eq!(other.class_name.as_deref(), Some("Unassigned class"));
    }

    #[test]
    fn ids_come_before_udev() {
        let machine = TestMachine::new();
        device(&machine, "0000:00:1f.2", SATA, "0x02\n");
        let record = "E:ID_VENDOR_FROM_DATABASE=Intel by udev\nE:ID_MODEL_FROM_DATABASE=AHCI\n";
        machine.file("run/udev/data/+pci:0000:00:1f.2", record);
        assert_eq!(Pci::of(machine.roots()).maker("0x8086"), Some("Intel by udev"));
        machine.file("usr/share/hwdata/pci.ids", "8086  Intel Corporation\n");
        let pci = Pci::of(machine.roots());
        let sata = pci.at("0000:00:1f.2").unwrap();
        assert_eq!(sata.vendor_name.as_deref(), Some("Intel Corporation"));
        assert_eq!(sata.name(), "AHCI");
    }

    #[test]
    fn odd_files_are_left_out() {
        let machine = TestMachine::new();
        for (slot, uevent) in
            ["", "PCI_ID=8086\nPCI_CLASS=1", "PCI_ID=8086:12345\nPCI_CLASS=1", "PCI_ID=1:2\nPCI_CLASS=FFFFFFFF"]
                .iter()
                .enumerate()
        {
            device(&machine, &format!("0000:00:00.{slot}"), uevent, "");
        }
        assert!(Pci::of(machine.roots()).devices.is_empty());
    }
}
