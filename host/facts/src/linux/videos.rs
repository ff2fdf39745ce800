//! Graphics devices: displays on the PCI buses; where there are none, those of a system on a chip; else what the X server
//! found.
//!
//! Memory is what the driver says. Where it says nothing, a card's window to the processor counts only for makers whose
//! cards show all they have there: on others it is a part, or belongs to the computer's own memory. The resolution is the
//! preferred one of the first screen that shows something.
//!
//! Format: Documentation/ABI/testing/sysfs-class-drm, Documentation/gpu/amdgpu/driver-misc.rst (`mem_info_vram_total`), the
//! README of NVIDIA's driver on /proc/driver/nvidia.

use super::pci::{self, address};
use crate::Scan;
use crate::output::xorg_log::XorgLog;
use crate::output::{nvidia_settings, nvidia_smi};
use crate::pci::{Card, Device, is_display, video};
use airlock_model::Row;

const DRM: &str = "/sys/class/drm";
const NVIDIA: &str = "/proc/driver/nvidia/gpus";
const XORG_LOG: &str = "/var/log/Xorg.0.log";

/// Cards of Cirrus Logic, Matrox, QEMU, VMware, Red Hat and VirtualBox.
const WHOLE_WINDOW: [u16; 6] = [0x1013, 0x102b, 0x1234, 0x15ad, 0x1b36, 0x80ee];

/// Base address registers come first in `resource`; the ROM and a bridge's windows follow.
const REGIONS: usize = 6;

// include/linux/ioport.h
const IORESOURCE_MEM: u64 = 0x200;
const IORESOURCE_PREFETCH: u64 = 0x2000;

pub(super) fn collect(scan: &Scan<'_>) {
    let displays: Vec<&Device> = scan.machine.pci().devices.iter().filter(|device| is_display(device)).collect();
    let mut rows: Vec<Row> = displays.iter().map(|device| on_pci(scan, device)).collect();
    if displays.iter().any(|device| device.driver.as_deref() == Some("nvidia")) {
        Card::complete_all(&mut rows, &nvidia(scan));
    }
    if rows.is_empty() {
        rows = on_chip(scan);
    }
    if rows.is_empty() && scan.roots().is_file(XORG_LOG) {
        rows.extend(scan.text(XORG_LOG).map(|text| XorgLog::of(&text).video()));
    }
    rows.into_iter().for_each(|row| scan.row(row));
}

fn on_pci(scan: &Scan<'_>, device: &Device) -> Row {
    let folder = pci::folder(device);
    let told = || scan.attr(format!("{folder}/mem_info_vram_total"))?.parse().ok();
    let window = || {
        let regions = scan.text(format!("{folder}/resource"))?;
        WHOLE_WINDOW.contains(&device.vendor).then(|| largest_window(&regions)).flatten()
    };
    let memory: Option<u64> = told().or_else(window);
    let mut row = match nvidia_model(scan, device) {
        Some(model) => video(&Device { device_name: Some(model), ..device.clone() }),
        None => video(device),
    };
    row.maybe("memory", memory.map(|bytes| bytes >> 20).filter(|megabytes| *megabytes > 0));
    let cards = scan.names(format!("{folder}/drm"));
    let shown = cards.iter().find_map(|card| resolution(scan, &format!("{folder}/drm"), card));
    row.maybe("resolution", shown);
    row
}

/// The model by the driver, of a card that the lists do not know yet.
fn nvidia_model(scan: &Scan<'_>, device: &Device) -> Option<String> {
    if device.device_name.is_some() || device.driver.as_deref() != Some("nvidia") {
        return None;
    }
    let text = scan.text(format!("{NVIDIA}/{}/information", address(device)))?;
    let model = text.lines().find_map(|line| line.strip_prefix("Model:"))?.trim();
    let model = model.strip_prefix("NVIDIA ").unwrap_or(model);
    (!model.is_empty() && model != "Unknown").then(|| model.to_owned())
}

/// The driver's tools; one that runs under X only is asked when there is no other.
fn nvidia(scan: &Scan<'_>) -> Vec<Card> {
    if scan.has_tool("nvidia-smi") {
        let text = scan.output("nvidia-smi", &nvidia_smi::ARGUMENTS);
        return text.as_deref().map(nvidia_smi::cards).unwrap_or_default();
    }
    // Without an X server it fails, which is no news.
    let output = scan.run("nvidia-settings", &["-t", "-c", ":0", "-q", "all"], 1 << 20);
    output
        .ok()
        .filter(|output| output.code == 0)
        .map(|output| nvidia_settings::cards(&output.text()))
        .unwrap_or_default()
}

/// The preferred mode of the first screen of a card that shows something.
fn resolution(scan: &Scan<'_>, folder: &str, card: &str) -> Option<String> {
    if !is_card(card) {
        return None;
    }
    let connectors = scan.names(format!("{folder}/{card}"));
    let mut connectors =
        connectors.iter().filter(|name| name.strip_prefix(card).is_some_and(|rest| rest.starts_with('-')));
    connectors.find_map(|connector| {
        let connector = format!("{folder}/{card}/{connector}");
        if scan.attr(format!("{connector}/enabled"))? != "enabled" {
            return None;
        }
        let modes = scan.attr(format!("{connector}/modes"))?;
        let mode = modes.lines().next()?.trim_end_matches(|c: char| !c.is_ascii_digit());
        Some(mode.to_owned()).filter(|mode| mode.contains('x'))
    })
}

/// Displays without PCI: the chip by the firmware's description of it, or by its driver alone.
fn on_chip(scan: &Scan<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for card in scan.names(DRM).iter().filter(|name| is_card(name)) {
        let Some(uevent) = scan.text(format!("{DRM}/{card}/device/uevent")) else { continue };
        let value = |name: &str| uevent.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let (chip, driver) = (value("OF_COMPATIBLE_0"), value("DRIVER"));
        let mut row = Row::new();
        row.maybe("name", chip.or(driver)).maybe("chipset", driver.filter(|_| chip.is_some()));
        if !row.is_empty() {
            row.maybe("resolution", resolution(scan, DRM, card));
            rows.push(row);
        }
    }
    rows
}

fn is_card(name: &str) -> bool {
    let number = name.strip_prefix("card").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Lines of `first last flags`, one a region.
fn largest_window(regions: &str) -> Option<u64> {
    regions.lines().take(REGIONS).filter_map(prefetchable).max()
}

fn prefetchable(region: &str) -> Option<u64> {
    let mut numbers = region.split_ascii_whitespace().map(|n| u64::from_str_radix(n.strip_prefix("0x")?, 16).ok());
    let (first, last, flags) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let wanted = IORESOURCE_MEM | IORESOURCE_PREFETCH;
    if flags & wanted != wanted || last == 0 {
        return None;
    }
    last.checked_sub(first)?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::pci::tests::device;
    use crate::testing::TestMachine;

    const FOLDER: &str = "/sys/bus/pci/devices/0000:01:00.0";

    fn card(driver: &str, numbers: &str) -> TestMachine {
        let machine = TestMachine::new();
        device(&machine, "0000:01:00.0", &format!("DRIVER={driver}\nPCI_CLASS=30000\nPCI_ID={numbers}\n"), "0x00\n");
        machine
    }

    #[test]
    fn what_the_driver_says() {
        let machine = card("amdgpu", "1002:73BF");
        machine.file(format!("{FOLDER}/mem_info_vram_total"), "17163091968\n");
        machine.file(format!("{FOLDER}/drm/card1/card1-DP-1/enabled"), "disabled\n");
        machine.file(format!("{FOLDER}/drm/card1/card1-DP-1/modes"), "800x600\n");
        machine.file(format!("{FOLDER}/drm/card1/card1-DP-2/enabled"), "enabled\n");
        machine.file(format!("{FOLDER}/drm/card1/card1-DP-2/modes"), "1920x1080i\n1280x720\n");
        machine.folder(format!("{FOLDER}/drm/renderD128"));
        let rows = machine.rows(collect);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.integer("memory"), row.text("resolution")), (Some(16368), Some("1920x1080")));
        assert_eq!((row.text("pcislot"), row.text("pciid")), (Some("01:00.0"), Some("1002:73bf")));
    }

    #[test]
    fn nvidia_by_its_tools() {
        let mut machine = card("nvidia", "10DE:2684");
        machine.file(format!("{NVIDIA}/0000:01:00.0/information"), "Model: \t\t NVIDIA Card 4090\nIRQ: 1\n");
        let argv: Vec<&str> = ["nvidia-smi"].into_iter().chain(nvidia_smi::ARGUMENTS).collect();
        machine.command(&argv, "00000000:01:00.0, 24564\n");
        machine.file("/usr/share/misc/pci.ids", "10de  NVIDIA Corporation\n");
        let rows = machine.rows(collect);
        assert_eq!(
            (rows[0].integer("memory"), rows[0].text("name")),
            (Some(24564), Some("NVIDIA Corporation Card 4090"))
        );
        let machine = card("nvidia", "10DE:2684");
        assert_eq!(machine.rows(collect)[0].text("name"), Some("10de:2684"));
    }

    #[test]
    fn a_window_that_is_the_memory() {
        let regions = "0x00000000fd000000 0x00000000fdffffff 0x0000000000042208\n\
            0x00000000fea00000 0x00000000feafffff 0x0000000000042200\n\
            0x0000000000000000 0x0000000000000000 0x0000000000000000\nodd line\n";
        for (numbers, memory) in [("1234:1111", Some(16)), ("8086:1916", None)] {
            let machine = card("x", numbers);
            machine.file(format!("{FOLDER}/resource"), regions);
            assert_eq!(machine.rows(collect)[0].integer("memory"), memory);
        }
        assert_eq!(largest_window(""), None);
        assert_eq!(largest_window("0x0 0xffffffffffffffff 0x2200\n0x5 0x1 0x2200"), None);
    }

    #[test]
    fn without_pci() {
        let machine = TestMachine::new();
        machine.file(XORG_LOG, "(II) VESA(0): VESA VBE OEM: A BIOS\n");
        assert_eq!(machine.rows(collect)[0].text("name"), Some("A BIOS"));
        machine.file("/sys/devices/soc/gpu/uevent", "DRIVER=vc4-drm\nOF_COMPATIBLE_0=maker,chip-vc5\n");
        machine.file("/sys/devices/soc/gpu/drm/card0/card0-HDMI-A-1/enabled", "enabled\n");
        machine.file("/sys/devices/soc/gpu/drm/card0/card0-HDMI-A-1/modes", "1024x768\n");
        machine.link("/sys/devices/soc/gpu/drm/card0/device", "../..");
        machine.link("/sys/class/drm/card0", "../../devices/soc/gpu/drm/card0");
        let rows = machine.rows(collect);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.text("name"), row.text("chipset")), (Some("maker,chip-vc5"), Some("vc4-drm")));
        assert_eq!(row.text("resolution"), Some("1024x768"));
    }
}
