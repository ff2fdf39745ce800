//! `lsusb -v`: the devices on the USB, without root hubs and hubs with a supply of their own.
//!
//! A device begins with `Bus 001 Device 003: ID 413c:8161 …`; its descriptors follow as lines of a field, a value and the
//! name of that value. Names of the tool's own list come before the device's own texts. Without `-v` there are the first
//! lines alone, whose text does not tell the maker from the product.
//!
//! Format: lsusb(8), usbutils' `dump_device`; fields as in USB 2.0, tables 9-8 to 9-12.

use crate::usb::{Device, is_hub, is_root_hub, is_self_powered};

/// More devices than any machine has: 127 on each of some buses.
const MOST: usize = 4096;

/// The devices, named as the text names them.
pub fn devices(text: &str) -> Vec<Device> {
    let mut devices = Vec::new();
    let mut current: Option<Described> = None;
    for line in text.lines() {
        if let Some(described) = heading(line) {
            devices.extend(current.replace(described).and_then(Described::device));
            if devices.len() >= MOST {
                return devices;
            }
        } else if let Some(described) = &mut current {
            described.field(line);
        }
    }
    devices.extend(current.and_then(Described::device));
    devices
}

/// A device while its lines are read.
#[derive(Default)]
struct Described {
    device: Device,
    /// Maker and product, as the device says.
    own: (Option<String>, Option<String>),
    /// The text of the first line.
    heading: Option<String>,
    own_class: Option<u8>,
    self_powered: bool,
}

/// `Bus 001 Device 003: ID 413c:8161 Dell Computer Corp. Integrated Keyboard`
fn heading(line: &str) -> Option<Described> {
    let (_, rest) = line.strip_prefix("Bus ")?.split_once(": ID ")?;
    let (numbers, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let (vendor, product) = numbers.split_once(':')?;
    let number = |text| u16::from_str_radix(text, 16).ok();
    let device = Device { vendor: number(vendor)?, product: number(product.trim())?, ..Device::default() };
    Some(Described { device, heading: filled(text), ..Described::default() })
}

impl Described {
    fn field(&mut self, line: &str) {
        let line = line.trim();
        let Some((field, rest)) = line.split_once(char::is_whitespace) else { return };
        let (value, name) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
        match field {
            "idVendor" => self.device.maker = filled(name),
            "idProduct" => self.device.name = filled(name),
            "iManufacturer" => self.own.0 = filled(name),
            "iProduct" => self.own.1 = filled(name),
            "iSerial" | "iSerialNumber" => self.device.serial = filled(name),
            "bDeviceClass" => self.own_class = value.parse().ok(),
            "bInterfaceClass" => self.device.class = value.parse().ok().map(|class| (class, 0)),
            "bInterfaceSubClass" => {
                if let (Some((_, subclass)), Ok(number)) = (&mut self.device.class, value.parse()) {
                    *subclass = number;
                }
            }
            // The configuration's is hexadecimal, an endpoint's decimal.
            "bmAttributes" => {
                if let Some(bits) = value.strip_prefix("0x") {
                    self.self_powered |= is_self_powered(bits);
                }
            }
            _ => {}
        }
    }

    fn device(self) -> Option<Device> {
        let Device { vendor, product, .. } = self.device;
        let powered_hub = self.own_class.is_some_and(is_hub) && self.self_powered;
        if is_root_hub(vendor, product) || powered_hub || (vendor, product) == (0, 0) {
            return None;
        }
        let mut device = self.device;
        device.maker = device.maker.or(self.own.0);
        device.name = device.name.or(self.own.1);
        if device.maker.is_none() {
            device.name = device.name.or(self.heading);
        }
        Some(device)
    }
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    // What stands in for a text that the user may not read.
    (!text.is_empty() && text != "(error)").then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\nBus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub\nDevice Descriptor:\n  bDeviceClass 9 Hub\n\n\
        Bus 001 Device 002: ID 05e3:0608 Maker Hub\n  bDeviceClass            9 Hub\n    bmAttributes         0xe0\n      Self Powered\n\n\
        Bus 001 Device 003: ID 05e3:0609 Maker Hub\n  bDeviceClass            9 Hub\n    bmAttributes         0xa0\n\
        \n        bmAttributes            3\n\n\
        Bus 001 Device 004: ID 413c:8161 Maker Inc. Reader\nDevice Descriptor:\n  bDeviceClass            0 \n\
        \n  idVendor           0x413c Maker Inc.\n  idProduct          0x8161 \n  iManufacturer           1 Own Maker\n\
        \n  iProduct                2 Own Reader\n  iSerial                 3 S/N:ABCDEF Rev:1\n    bmAttributes         0xc0\n\
        \n      bInterfaceClass         3 Human Interface Device\n      bInterfaceSubClass      1 Boot\n\
        \n      bInterfaceClass       254 Application\n      bInterfaceSubClass      2 \nDevice Status:     0x0001\n";

    #[test]
    fn devices_and_hubs() {
        let all = devices(TEXT);
        let [hub, reader] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((hub.product, hub.name.as_deref(), hub.class), (0x609, Some("Maker Hub"), None));
        assert_eq!((reader.maker.as_deref(), reader.name.as_deref()), (Some("Maker Inc."), Some("Own Reader")));
        assert_eq!((reader.class, reader.row().text("serial")), (Some((254, 2)), Some("ABCDEF")));
    }

    #[test]
    fn any_text_is_survived() {
        assert!(devices("").is_empty() && devices("Bus 1: ID x:y\nBus 001 Device 1: ID 0000:0000\n").is_empty());
        for (at, _) in TEXT.char_indices() {
            devices(&TEXT[..at]);
        }
        assert_eq!(devices(&"Bus 001 Device 004: ID 413c:8161 X\n".repeat(MOST + 9)).len(), MOST);
    }
}
