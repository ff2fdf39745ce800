//! USB devices as they are reported: whoever found them, the kernel's files or a tool's text.

use crate::ids::Ids;
use airlock_model::Row;

const ROOT_HUB_VENDOR: u16 = 0x1d6b;
const HUB_CLASS: u8 = 9;

/// Bit 6 of a configuration's bmAttributes (USB 2.0, table 9-10).
const SELF_POWERED: u8 = 0x40;

/// Shorter serial numbers say nothing: they count ports or are a maker's constant.
const SHORTEST_SERIAL: usize = 5;

/// Before the number, where makers write more than the number into the text.
const SERIAL_MARK: &str = "S/N:";

/// A device on the USB.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Device {
    pub vendor: u16,
    pub product: u16,
    /// Class and subclass of the last interface, else of the device.
    pub class: Option<(u8, u8)>,
    pub name: Option<String>,
    pub maker: Option<String>,
    pub serial: Option<String>,
}

impl Device {
    /// Takes the list's names, where it knows them.
    pub fn name_by_list(&mut self, ids: &Ids) {
        let (name, maker) = self.listed(ids);
        self.name = name.or_else(|| self.name.take());
        self.maker = maker.or_else(|| self.maker.take());
    }

    /// Takes the list's names for those that it has not.
    pub(crate) fn complete_by_list(&mut self, ids: &Ids) {
        let (name, maker) = self.listed(ids);
        self.name = self.name.take().or(name);
        self.maker = self.maker.take().or(maker);
    }

    fn listed(&self, ids: &Ids) -> (Option<String>, Option<String>) {
        let vendor = ids.vendor(self.vendor, &[self.product]).unwrap_or_default();
        let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        (vendor.device(self.product).and_then(named), named(&vendor.name))
    }

    /// The device's row.
    pub fn row(&self) -> Row {
        let mut row = Row::new();
        row.set("vendorid", format!("{:04x}", self.vendor))
            .set("productid", format!("{:04x}", self.product))
            .maybe("name", self.name.as_deref())
            .maybe("caption", self.name.as_deref())
            .maybe("manufacturer", self.maker.as_deref())
            .maybe("serial", self.serial.as_deref().and_then(serial))
            .maybe("class", self.class.map(|(class, _)| class.to_string()))
            .maybe("subclass", self.class.map(|(_, subclass)| subclass.to_string()));
        row
    }
}

/// The hub that a controller is, which nobody plugged in.
pub(crate) fn is_root_hub(vendor: u16, product: u16) -> bool {
    vendor == ROOT_HUB_VENDOR && matches!(product, 1..=3)
}

pub(crate) fn is_hub(class: u8) -> bool {
    class == HUB_CLASS
}

/// Whether a configuration's bmAttributes, in hexadecimal, say that the device has a supply of its own.
pub(crate) fn is_self_powered(attributes: &str) -> bool {
    u8::from_str_radix(attributes, 16).map_or(true, |bits| bits & SELF_POWERED != 0)
}

/// What tells this device from others. A colon means an address on some bus, unless the number is marked as such: then it
/// ends with the word.
fn serial(text: &str) -> Option<&str> {
    let serial = match text.split_once(SERIAL_MARK) {
        Some((_, rest)) => rest.split_ascii_whitespace().next()?,
        None if text.contains(':') => return None,
        None => text,
    };
    (serial.len() >= SHORTEST_SERIAL).then_some(serial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn serial_numbers_that_tell_nothing() {
        assert_eq!(serial("12345"), Some("12345"));
        assert_eq!(serial("S/N:12:34 Rev:A1"), Some("12:34"));
        for text in ["", "1234", "0000:00:14.0", "S/N:", "S/N: 12 Rev:123"] {
            assert_eq!(serial(text), None, "{text}");
        }
    }

    #[test]
    fn the_list_over_or_under_what_is_known() {
        let machine = TestMachine::of(&[("usb.ids", "046d  Logitech, Inc.\n\tc077  Mouse\n\tc078  \n")]);
        let ids = Ids::at(&machine.path("usb.ids")).unwrap();
        let known = Device { vendor: 0x046d, product: 0xc077, name: Some("Own".into()), ..Device::default() };
        let (mut over, mut under) = (known.clone(), known.clone());
        over.name_by_list(&ids);
        under.complete_by_list(&ids);
        assert_eq!((over.name.as_deref(), under.name.as_deref()), (Some("Mouse"), Some("Own")));
        assert_eq!(under.maker.as_deref(), Some("Logitech, Inc."));
        let mut unnamed = Device { product: 0xc078, ..known };
        unnamed.name_by_list(&ids);
        assert_eq!(unnamed.name.as_deref(), Some("Own"));
    }
}
