//! Sound devices on the PCI buses. What is on USB is in the section of USB devices.

use super::pci::Device;
use crate::Scan;
use airlock_model::Row;

pub(super) fn collect(scan: &Scan<'_>) {
    for device in scan.machine.pci().devices.iter().filter(|device| is_sound(device)) {
        let mut row = Row::new();
        row.set("name", device.name())
            .maybe("caption", device.class_name.as_deref())
            .maybe("manufacturer", device.vendor_name.as_deref())
            .maybe("description", device.revision.as_ref().map(|revision| format!("rev {revision}")));
        scan.row(row);
    }
}

/// Audio devices; and other multimedia devices that a sound driver runs, as signal processors are.
fn is_sound(device: &Device) -> bool {
    matches!(device.class, 0x0401 | 0x0403)
        || (device.base_class() == 0x04 && device.driver.as_ref().is_some_and(|driver| driver.starts_with("snd")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_or_driver_tells() {
        let device = |class, driver: &str| Device { class, driver: Some(driver.into()), ..Device::default() };
        assert!(is_sound(&device(0x0403, "vfio-pci")));
        assert!(is_sound(&device(0x0480, "snd_pci_acp6x")));
        assert!(!is_sound(&device(0x0480, "saa7134")));
        assert!(!is_sound(&device(0x0300, "snd")));
    }
}
