//! PCI devices, and which of them are sound, modems and displays: whoever found them, the kernel's files or a tool's text.

mod card;
mod classes;
mod names;
mod sections;

pub use card::Card;
pub use names::name_all;
pub(crate) use names::{name_by_class, name_by_list};
pub use sections::{controllers, modems, sounds, videos};
pub(crate) use sections::{is_display, video};

/// A device on a PCI bus.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Device {
    /// As `lspci` shows it: `00:1f.2`, with the domain before it where the machine has several.
    pub slot: String,
    /// Class and subclass: `0x0106`.
    pub class: u16,
    pub vendor: u16,
    pub device: u16,
    /// Vendor and device of the card or board that carries it.
    pub subsystem: Option<(u16, u16)>,
    /// As two hexadecimal digits; none for the first revision, which is 0.
    pub revision: Option<String>,
    pub driver: Option<String>,
    pub vendor_name: Option<String>,
    pub device_name: Option<String>,
    pub class_name: Option<String>,
    /// The maker of the card or board; known for displays only.
    pub board_maker: Option<String>,
    /// The names of vendor and device in one, where nobody knows where one ends and the other begins.
    pub text: Option<String>,
    /// Bytes of its memory that the processor may read ahead.
    pub prefetchable: u64,
}

impl Device {
    /// Vendor and device number: `8086:2922`.
    pub fn number(&self) -> String {
        format!("{:04x}:{:04x}", self.vendor, self.device)
    }

    /// The name of the device, or its number: one that nobody has named is a device all the same.
    pub fn name(&self) -> String {
        self.device_name.as_ref().or(self.text.as_ref()).cloned().unwrap_or_else(|| self.number())
    }

    /// The name with the vendor's before it.
    pub fn full_name(&self) -> String {
        match (&self.vendor_name, &self.device_name, &self.text) {
            (Some(vendor), Some(device), _) => format!("{vendor} {device}"),
            (_, _, Some(text)) => text.clone(),
            (Some(vendor), None, None) => format!("{vendor} {}", self.number()),
            (None, ..) => self.name(),
        }
    }

    /// The base class, as the specification counts them.
    pub fn base_class(&self) -> u16 {
        self.class >> 8
    }

    /// Whether an address speaks of this device: `0000:01:00.0` is the same as `01:00.0`.
    pub fn is_at(&self, address: &str) -> bool {
        short_address(&self.slot).eq_ignore_ascii_case(short_address(address))
    }
}

/// An address without the domain that all ordinary machines have. Some tools write it with eight digits.
pub(crate) fn short_address(address: &str) -> &str {
    address.strip_prefix("00000000:").or_else(|| address.strip_prefix("0000:")).unwrap_or(address)
}
