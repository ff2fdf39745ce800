//! What a device says of itself: its maker, model, firmware and serial number, as the kernel and udev have them.
//!
//! Format: SPC-4 for page 80h; SAT-4 for page 89h.

use super::Device;
use super::bus::Kind;
use crate::Scan;
use crate::ids::Ids;
use crate::linux::ata;
use crate::linux::udev::Record;
use crate::units::hexadecimal;
use std::io::ErrorKind;

/// What a device says of itself.
#[derive(Default)]
pub(super) struct Words {
    pub(super) maker: Option<String>,
    pub(super) model: Option<String>,
    pub(super) firmware: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) is_ata: bool,
    pub(super) is_serial_ata: bool,
    /// True when model and firmware are an ATA disk's, of which SCSI leaves 16 and 4 characters.
    pub(super) are_cut: bool,
}

impl Words {
    pub(super) fn of(scan: &Scan<'_>, device: &Device, udev: &Record) -> Self {
        let attr = |name: &str| scan.attr(format!("{}/{name}", device.hardware));
        let mut words = match device.bus.kind {
            Kind::Nvme => Self { model: attr("model"), firmware: attr("firmware_rev"), ..Self::default() },
            Kind::Card => {
                let model = attr("name").or_else(|| udev.get("ID_NAME").map(str::to_owned));
                Self { model, firmware: attr("fwrev").filter(|text| !is_zero(text)), ..Self::default() }
            }
            // The maker of the virtual device, by its number.
            Kind::Virtio => Self { maker: attr("vendor").and_then(|number| maker(scan, &number)), ..Self::default() },
            Kind::Xen | Kind::Floppy => Self::default(),
            _ => Self::of_scsi(scan, device, udev),
        };
        words.model = words.model.or_else(|| model_by_udev(udev));
        words.firmware = words.firmware.or_else(|| udev.get("ID_REVISION").map(str::to_owned));
        words.serial = words.serial.or_else(|| serial(scan, device, udev));
        words
    }

    fn of_scsi(scan: &Scan<'_>, device: &Device, udev: &Record) -> Self {
        let attr = |name: &str| scan.attr(format!("{}/{name}", device.hardware));
        let named = attr("vendor").or_else(|| udev.decoded("ID_VENDOR_ENC"));
        // This word where the maker would be says that there is an ATA disk behind a layer of translation.
        let is_ata = named.as_deref() == Some("ATA");
        let page = if is_ata { page(scan, device, "vpd_pg89") } else { None };
        let ata = page.as_deref().and_then(ata::of_page).unwrap_or_default();
        // udev asks ATA drives for their whole name; of other devices it knows what is in sysfs.
        let whole = ata.model.or_else(|| udev.get("ID_ATA").and_then(|_| model_by_udev(udev)));
        Self {
            is_ata,
            are_cut: is_ata && whole.is_none(),
            model: whole.or_else(|| attr("model")),
            firmware: ata.firmware.or_else(|| attr("rev")),
            serial: ata.serial,
            is_serial_ata: ata.is_serial_ata || udev.get("ID_ATA_SATA").is_some(),
            maker: named.filter(|_| !is_ata).and_then(|name| match name.as_str() {
                number if number.starts_with("0x") => maker(scan, number),
                // Some fill the eight characters with dashes.
                name => Some(name.trim_end_matches('-').to_owned()),
            }),
        }
    }
}

/// Makers of virtual devices, for machines without a database of numbers. Virtio specification, 4.1.2; the other is four
/// letters of QEMU's.
const VIRTUAL: [(u64, &str); 2] = [(0x1af4, "Red Hat, Inc."), (0x554d_4551, "QEMU")];

/// The maker behind a number; a device that is not on the PCI bus may be the only one of its maker.
fn maker(scan: &Scan<'_>, text: &str) -> Option<String> {
    if let Some(known) = scan.machine.pci().maker(text) {
        return Some(known.to_owned());
    }
    let number = hexadecimal(text)?;
    let listed = || Some(Ids::open(scan.roots(), "pci.ids")?.vendor(u16::try_from(number).ok()?, &[])?.name);
    let built_in = VIRTUAL.iter().find(|(known, _)| *known == number).map(|(_, name)| (*name).to_owned());
    built_in.or_else(listed)
}

fn model_by_udev(udev: &Record) -> Option<String> {
    udev.decoded("ID_MODEL_ENC").or_else(|| udev.get("ID_MODEL").map(str::to_owned))
}

fn is_zero(number: &str) -> bool {
    number.trim_start_matches("0x").bytes().all(|digit| digit == b'0')
}

fn serial(scan: &Scan<'_>, device: &Device, udev: &Record) -> Option<String> {
    let attr = |name: &str| scan.attr(format!("{}/{name}", device.folder));
    let property = |name: &str| udev.get(name).map(str::to_owned);
    match device.bus.kind {
        Kind::Nvme | Kind::Card => {
            attr("device/serial").or_else(|| property("ID_SERIAL_SHORT")).or_else(|| property("ID_SERIAL"))
        }
        // Its attribute is a request to the device, which may be busy.
        Kind::Virtio => property("ID_SERIAL").or_else(|| attr("serial")),
        // The stick's own number; what is behind its bridge may have the same one in a thousand sticks.
        Kind::Usb => property("ID_SERIAL_SHORT").or_else(|| unit_serial(scan, device)),
        // udev's short number may be the world-wide name, which is the same as another field.
        _ => property("ID_SCSI_SERIAL").or_else(|| unit_serial(scan, device)).or_else(|| property("ID_SERIAL_SHORT")),
    }
}

/// The Unit Serial Number page (SPC-4, 7.8.15): a header of four bytes, then the number.
fn unit_serial(scan: &Scan<'_>, device: &Device) -> Option<String> {
    let page = page(scan, device, "vpd_pg80")?;
    let length = usize::from(u16::from_be_bytes([*page.get(2)?, *page.get(3)?]));
    let text = page.get(4..)?;
    let text = String::from_utf8_lossy(text.get(..length).unwrap_or(text));
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

/// A page of vital product data as the kernel keeps it.
fn page(scan: &Scan<'_>, device: &Device, name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/{name}", device.hardware);
    match scan.roots().bytes(&path) {
        Ok(page) => Some(page),
        Err(error) => {
            if error.kind() == ErrorKind::PermissionDenied {
                scan.missing(format_args!("{path}: {error}"));
            }
            None
        }
    }
}
