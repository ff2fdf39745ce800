//! USB devices, from `ioreg -c IOUSBDevice -r -l -w0` (`IOUSBHostDevice` since 10.11).

use super::ioreg::{Object, objects};
use airlock_model::Row;

/// A device on the bus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    pub name: Option<String>,
    pub maker: Option<String>,
    pub vendor: Option<u64>,
    pub product: Option<u64>,
    pub serial: Option<String>,
    pub class: Option<u64>,
    pub subclass: Option<u64>,
}

/// The devices of one class of the registry.
pub fn devices(text: &str, class: &str) -> Vec<Device> {
    objects(text, class).iter().map(device).filter(|device| device.vendor.is_some()).collect()
}

fn device(object: &Object) -> Device {
    let text = |names: &[&str]| names.iter().find_map(|name| object.text(name)).map(str::to_owned);
    Device {
        name: text(&["USB Product Name", "kUSBProductString"]),
        maker: text(&["USB Vendor Name", "kUSBVendorString"]),
        vendor: object.number("idVendor"),
        product: object.number("idProduct"),
        serial: text(&["USB Serial Number", "kUSBSerialNumberString"]),
        class: object.number("bDeviceClass"),
        subclass: object.number("bDeviceSubClass"),
    }
}

/// A row of the section `usbdevices`.
pub fn row(device: &Device) -> Row {
    let mut row = Row::new();
    row.maybe("vendorid", device.vendor.map(|id| format!("{id:04x}")))
        .maybe("productid", device.product.map(|id| format!("{id:04x}")))
        .maybe("name", device.name.clone())
        .maybe("manufacturer", device.maker.clone())
        .maybe("serial", device.serial.clone())
        .maybe("class", device.class.map(|class| class.to_string()))
        .maybe("subclass", device.subclass.map(|class| class.to_string()));
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_of_the_registry() {
        let text = "+-o Key@1  <class IOUSBDevice, id 0x1>\n    {\n      \"idVendor\" = 1452\n      \"idProduct\" = 33\n\
                    \n      \"USB Product Name\" = \" Key \"\n      \"bDeviceClass\" = 0\n    }\n";
        let found = devices(text, "IOUSBDevice");
        let row = row(&found[0]);
        assert_eq!(
            (row.text("vendorid"), row.text("productid"), row.text("name")),
            (Some("05ac"), Some("0021"), Some("Key"))
        );
        assert!(devices("+-o Key@1  <class IOUSBDevice, id 0x1>\n    {\n    }\n", "IOUSBDevice").is_empty());
    }
}
