//! `lspci -v -nn`, and `lspci -vmm -nn`: the devices on the PCI buses.
//!
//! Blocks with an empty line between them. In the first form a block begins with
//! `SLOT CLASS [0300]: VENDOR AND DEVICE [10de:014d] (rev a2)` and goes on with indented lines; in the other every line is
//! `Tag:<tab>value [number]`. A block without the numbers that `-nn` prints is left out: names alone tell no devices apart.
//!
//! Format: lspci(8), pciutils' `show_terse`, `show_machine`.

use crate::pci::Device;

/// More devices than any machine has.
const MOST: usize = 16 << 10;

/// The devices, named as the text names them.
pub fn devices(text: &str) -> Vec<Device> {
    let mut devices = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        if !line.trim().is_empty() {
            block.push(line);
            continue;
        }
        if devices.len() < MOST {
            devices.extend(device(&block));
        }
        block.clear();
    }
    devices
}

fn device(block: &[&str]) -> Option<Device> {
    let (first, details) = block.split_first()?;
    if first.starts_with("Slot:") || first.starts_with("Device:") {
        return of_tags(block);
    }
    let mut device = of_heading(first)?;
    for line in details {
        detail(&mut device, line.trim());
    }
    Some(device)
}

/// `01:00.0 VGA compatible controller [0300]: NVIDIA Corporation NV43GL [Quadro FX 550] [10de:014d] (rev a2) (prog-if …)`
fn of_heading(line: &str) -> Option<Device> {
    let (slot, rest) = line.split_once(' ')?;
    // The class' name may hold a colon, its number does not.
    let (class, rest) = rest.split_once("]: ")?;
    let (class_name, class) = class.rsplit_once(" [")?;
    // Behind the numbers there is only what stands in parentheses.
    let end = rest.find(" (rev ").or_else(|| rest.find(" (prog-if ")).unwrap_or(rest.len());
    let (names, behind) = rest.split_at_checked(end)?;
    let (name, numbers) = numbered(names);
    let (vendor, number) = pair(numbers?)?;
    let revision = behind.strip_prefix(" (rev ").and_then(|text| text.split(')').next());
    Some(Device {
        slot: is_slot(slot).then(|| slot.to_owned())?,
        class: u16::from_str_radix(class, 16).ok()?,
        vendor,
        device: number,
        revision: revision.map(str::to_owned),
        class_name: Some(class_name.to_owned()),
        text: Some(name.to_owned()).filter(|name| !name.is_empty()),
        ..Device::default()
    })
}

fn detail(device: &mut Device, line: &str) {
    if let Some(names) = line.strip_prefix("Subsystem: ") {
        let (name, numbers) = numbered(names);
        device.subsystem = numbers.and_then(pair);
        // A board that nobody has named is called `Device`; before it stands its maker alone.
        device.board_maker = name.strip_suffix(" Device").map(str::to_owned);
    } else if let Some(driver) = line.strip_prefix("Kernel driver in use: ") {
        device.driver = Some(driver.trim().to_owned());
    } else if line.starts_with("Memory at ") && line.contains(", prefetchable)") {
        let size = line.rsplit_once("[size=").and_then(|(_, size)| region(size.split(']').next()?));
        device.prefetchable = device.prefetchable.saturating_add(size.unwrap_or(0));
    }
}

/// `256M`: bytes.
fn region(size: &str) -> Option<u64> {
    let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match size.get(digits.len()..)? {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// One device as tags and values.
fn of_tags(block: &[&str]) -> Option<Device> {
    let value = |tag: &str| {
        let lines = block.iter().filter_map(|line| line.strip_prefix(tag)?.strip_prefix(':'));
        lines.map(str::trim).find(|value| !value.is_empty())
    };
    let four = |tag: &str| u16::from_str_radix(numbered(value(tag)?).1?, 16).ok();
    let name = |tag: &str| Some(numbered(value(tag)?).0.to_owned()).filter(|name| !name.is_empty() && name != tag);
    let slot = value("Slot").or_else(|| value("Device").filter(|slot| is_slot(slot)))?;
    // Old versions call the slot `Device` too: the device itself comes last.
    let of_device = block.iter().rev().find_map(|line| line.strip_prefix("Device:")).map(str::trim)?;
    let (device_name, number) = numbered(of_device);
    Some(Device {
        slot: slot.to_owned(),
        class: four("Class")?,
        vendor: four("Vendor")?,
        device: u16::from_str_radix(number?, 16).ok()?,
        subsystem: four("SVendor").zip(four("SDevice")),
        revision: value("Rev").map(str::to_owned),
        driver: value("Driver").map(str::to_owned),
        vendor_name: name("Vendor"),
        device_name: Some(device_name.to_owned()).filter(|name| !name.is_empty() && name != "Device"),
        class_name: name("Class"),
        board_maker: name("SVendor"),
        ..Device::default()
    })
}

/// A name and the number in brackets behind it.
fn numbered(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    let split = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
    let number = |number: &str| number.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
    match split {
        Some((name, inside)) if number(inside) && !inside.is_empty() => (name.trim_end(), Some(inside)),
        _ => (text, None),
    }
}

/// `10de:014d`
fn pair(numbers: &str) -> Option<(u16, u16)> {
    let (left, right) = numbers.split_once(':')?;
    Some((u16::from_str_radix(left, 16).ok()?, u16::from_str_radix(right, 16).ok()?))
}

/// `00:1f.2`, with or without a domain.
fn is_slot(text: &str) -> bool {
    text.split(':').count() >= 2
        && text.contains('.')
        && text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pci;

    const TEXT: &str = "00:02.0 VGA compatible controller [0300]: Maker [M/A] G1 [Card 5] [1002:9488] (rev 07) (prog-if 00 [VGA controller])\n\
        \tDeviceName: Onboard [x]\n\tSubsystem: Board Ltd Device [106b:00b6]\n\tFlags: bus master\n\
        \tMemory at c0000000 (64-bit, prefetchable) [size=256M]\n\tMemory at d0420000 (64-bit, non-prefetchable) [size=64K]\n\
        \tMemory at e0000000 (64-bit, prefetchable) [size=32M]\n\tMemory at <ignored> (64-bit, prefetchable)\n\
        \tCapabilities: [c0] Subsystem: Other Device [1:2]\n\tKernel driver in use: radeon\n\n\
        10000:e0:1d.0 PCI bridge [0604]: Maker Bridge #9 [8086:a0b0]\n\n\
        00:1f.3 Audio device: Maker Without Numbers (rev 02)\n\nnoise\n";

    #[test]
    fn devices_with_what_is_said_of_them() {
        let all = devices(TEXT);
        let [card, bridge] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((card.class, card.number().as_str(), card.subsystem), (0x0300, "1002:9488", Some((0x106b, 0xb6))));
        assert_eq!((card.revision.as_deref(), card.driver.as_deref()), (Some("07"), Some("radeon")));
        assert_eq!((bridge.slot.as_str(), bridge.revision.as_deref()), ("10000:e0:1d.0", None));
        let row = pci::videos(&all).next().unwrap();
        assert_eq!((row.text("name"), row.text("chipset")), (Some("Board Ltd Card 5"), Some("Maker [M/A] G1")));
        assert_eq!(row.integer("memory"), Some(288));
    }

    #[test]
    fn tags_and_values() {
        let text = "Slot:\t00:1f.3\nClass:\tAudio device [0403]\nVendor:\tMaker [8086]\nDevice:\tSound [P] [a3f0]\n\
            SVendor:\tBoard [1028]\nSDevice:\tDevice [0a54]\nRev:\t02\nDriver:\tsnd_x\n\n\
            Device:\t00:1f.4\nClass:\tSMBus [0c05]\nVendor:\tMaker [8086]\nDevice:\tDevice [a3f1]\n";
        let all = devices(text);
        let [sound, bus] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((sound.full_name().as_str(), sound.subsystem), ("Maker Sound [P]", Some((0x1028, 0x0a54))));
        assert_eq!((sound.revision.as_deref(), sound.board_maker.as_deref()), (Some("02"), Some("Board")));
        assert_eq!((bus.slot.as_str(), bus.name().as_str()), ("00:1f.4", "8086:a3f1"));
    }

    #[test]
    fn regions() {
        assert_eq!((region("128"), region("4K"), region("2G")), (Some(128), Some(4096), Some(2 << 30)));
        assert_eq!((region("K"), region("9999999999999T"), region("1X")), (None, None, None));
    }

    #[test]
    fn any_text_is_survived() {
        for text in [
            "",
            "\n\n",
            "00:00.0",
            "00:00.0 x [0300]: ",
            "00:00.0 x [0300]: y [1:2",
            "Slot:\n",
            "Device:\nDevice:\t[",
            "é [é]: é [é]",
        ] {
            assert!(devices(text).is_empty(), "{text}");
        }
        for (at, _) in TEXT.char_indices() {
            devices(&TEXT[..at]);
        }
    }
}
