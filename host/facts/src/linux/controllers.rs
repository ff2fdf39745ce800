//! Every device on the PCI buses, as `lspci` lists them: bridges and cards as well as controllers in the narrow sense.

use crate::Scan;
use airlock_model::Row;

pub(super) fn collect(scan: &Scan<'_>) {
    for device in &scan.machine.pci().devices {
        let mut row = Row::new();
        row.set("pcislot", device.short_slot())
            .set("name", device.name())
            .maybe("caption", device.device_name.as_deref())
            .maybe("manufacturer", device.vendor_name.as_deref())
            .maybe("type", device.class_name.as_deref())
            .set("pciclass", format!("{:04x}", device.class))
            .set("vendorid", format!("{:04x}", device.vendor))
            .set("productid", format!("{:04x}", device.device))
            .maybe("pcisubsystemid", device.subsystem.map(|(vendor, device)| format!("{vendor:04x}:{device:04x}")))
            .maybe("rev", device.revision.as_deref())
            .maybe("driver", device.driver.as_deref());
        scan.row(row);
    }
}
