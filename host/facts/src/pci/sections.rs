//! The sections that PCI devices are reported in: all of them as controllers, some in a section of their kind too.
//!
//! A graphics chip is sold under a name of its own, which `pci.ids` has in brackets behind the chip's: the card is called
//! by that, with the card's maker before it, and the chip is the chipset. Without brackets the chip's name is all there is.

use super::Device;
use airlock_model::Row;

const DISPLAY: u16 = 0x03;
const MULTIMEDIA: u16 = 0x04;

// PCI Code and ID Assignment Specification, 1.5 and 1.8.
const AUDIO: [u16; 2] = [0x0401, 0x0403];
const MODEM: u16 = 0x0703;

/// Every device: bridges and cards as well as controllers in the narrow sense.
pub fn controllers(devices: &[Device]) -> impl Iterator<Item = Row> {
    devices.iter().map(|device| {
        let mut row = Row::new();
        row.set("pcislot", device.slot.as_str())
            .set("name", device.name())
            .maybe("caption", device.device_name.as_deref().or(device.text.as_deref()))
            .maybe("manufacturer", device.vendor_name.as_deref())
            .maybe("type", device.class_name.as_deref())
            .set("pciclass", format!("{:04x}", device.class))
            .set("vendorid", format!("{:04x}", device.vendor))
            .set("productid", format!("{:04x}", device.device))
            .maybe("pcisubsystemid", device.subsystem.map(|(vendor, device)| format!("{vendor:04x}:{device:04x}")))
            .maybe("rev", device.revision.as_deref())
            .maybe("driver", device.driver.as_deref());
        row
    })
}

/// Sound devices.
pub fn sounds(devices: &[Device]) -> impl Iterator<Item = Row> {
    devices.iter().filter(|device| is_sound(device)).map(|device| {
        let mut row = Row::new();
        row.set("name", device.name())
            .maybe("caption", device.class_name.as_deref())
            .maybe("manufacturer", device.vendor_name.as_deref())
            .maybe("description", device.revision.as_ref().map(|revision| format!("rev {revision}")));
        row
    })
}

/// Modems.
pub fn modems(devices: &[Device]) -> impl Iterator<Item = Row> {
    devices.iter().filter(|device| is_modem(device)).map(|device| {
        let mut row = Row::new();
        row.set("name", device.name())
            .maybe("description", device.class_name.as_deref())
            .maybe("manufacturer", device.vendor_name.as_deref());
        row
    })
}

/// Displays, their memory by the regions that the processor may read ahead: a window to it, which is all of it on old
/// cards and on virtual ones.
pub fn videos(devices: &[Device]) -> impl Iterator<Item = Row> {
    devices.iter().filter(|device| is_display(device)).map(|device| {
        let mut row = video(device);
        row.maybe("memory", Some(device.prefetchable >> 20).filter(|megabytes| *megabytes > 0));
        row
    })
}

/// A display, without its memory.
pub(crate) fn video(device: &Device) -> Row {
    let full = device.full_name();
    let (chip, model) = match full.strip_suffix(']').and_then(|text| text.rsplit_once(" [")) {
        Some((chip, model)) if !model.contains(']') => (Some(chip), Some(model)),
        _ => (device.class_name.as_deref(), None),
    };
    let maker = device.board_maker.as_deref().or(device.vendor_name.as_deref());
    let name = match (maker, model) {
        (Some(maker), Some(model)) => format!("{maker} {model}"),
        (None, Some(model)) => model.to_owned(),
        (_, None) => full.clone(),
    };
    let mut row = Row::new();
    row.maybe("chipset", chip).set("name", name).set("pciid", device.number()).set("pcislot", device.slot.as_str());
    row
}

pub(crate) fn is_display(device: &Device) -> bool {
    device.base_class() == DISPLAY
}

fn is_modem(device: &Device) -> bool {
    device.class == MODEM
}

/// Audio devices; and other multimedia devices that a sound driver runs, as signal processors are.
fn is_sound(device: &Device) -> bool {
    AUDIO.contains(&device.class)
        || (device.base_class() == MULTIMEDIA && device.driver.as_ref().is_some_and(|driver| driver.starts_with("snd")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_or_driver_tells_what_sounds() {
        let device = |class, driver: &str| Device { class, driver: Some(driver.into()), ..Device::default() };
        assert!(is_sound(&device(0x0403, "vfio-pci")));
        assert!(is_sound(&device(0x0480, "snd_pci_acp6x")));
        assert!(!is_sound(&device(0x0480, "saa7134")));
        assert!(!is_sound(&device(0x0300, "snd")));
    }

    #[test]
    fn each_device_in_its_sections() {
        let one = |class, slot: &str| Device { class, slot: slot.into(), vendor: 1, device: 2, ..Device::default() };
        let all = [one(0x0703, "00:01.0"), one(0x0403, "00:02.0"), one(0x0302, "00:03.0"), one(0x0600, "00:04.0")];
        assert_eq!(controllers(&all).count(), 4);
        assert_eq!(
            modems(&all).map(|row| row.text("name").map(str::to_owned)).collect::<Vec<_>>(),
            [Some("0001:0002".into())]
        );
        assert_eq!(sounds(&all).count(), 1);
        assert_eq!(
            videos(&all).map(|row| row.text("pcislot").map(str::to_owned)).collect::<Vec<_>>(),
            [Some("00:03.0".into())]
        );
    }

    #[test]
    fn cards_by_the_name_they_are_sold_under() {
        let card = |device: &str, board: Option<&str>| {
            let row = video(&Device {
                class: 0x0300,
                class_name: Some("VGA compatible controller".into()),
                vendor_name: Some("Maker [M]".into()),
                device_name: Some(device.into()),
                board_maker: board.map(str::to_owned),
                ..Device::default()
            });
            ["name", "chipset"].map(|field| row.text(field).unwrap_or_default().to_owned())
        };
        assert_eq!(card("X1 [Card 9 / 9S]", Some("Board Ltd")), ["Board Ltd Card 9 / 9S", "Maker [M] X1"]);
        assert_eq!(card("X1 [Card 9]", None), ["Maker [M] Card 9", "Maker [M] X1"]);
        assert_eq!(card("X1 Graphics", Some("Board Ltd")), ["Maker [M] X1 Graphics", "VGA compatible controller"]);
        assert_eq!(card("X[1]", None), ["Maker [M] X[1]", "VGA compatible controller"]);
    }
}
