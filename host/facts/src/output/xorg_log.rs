//! `/var/log/Xorg.0.log`: the graphics card as the X server's driver found it.
//!
//! Each driver writes in its own words; these are read: the primary device of the PCI scan, the VESA BIOS' own names, the
//! chip as the drivers of AMD, Intel, NVIDIA and nouveau call it, and the size of the picture. Later lines count more than
//! earlier ones, since a driver says more than the scan. A file of many megabytes is read from its beginning alone.
//!
//! Format: Xorg(1) on markers: `(--)` is what was probed. Lines may begin with the time, in brackets or behind the marker.

use airlock_model::Row;

/// A server that runs for months writes on; what it found at its start comes first.
const LONGEST: usize = 1 << 20;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct XorgLog {
    pub name: Option<String>,
    pub product: Option<String>,
    /// Kilobytes.
    pub memory: Option<u64>,
    /// Vendor, device, and those of the card: `8086:27ae:1025:022f`.
    pub numbers: Option<String>,
    /// As `lspci` writes it.
    pub slot: Option<String>,
    pub resolution: Option<String>,
}

impl XorgLog {
    pub fn of(text: &str) -> Self {
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut log = Self::default();
        text.get(..end).unwrap_or_default().lines().for_each(|line| log.line(line));
        log
    }

    fn line(&mut self, line: &str) {
        if let Some((_, rest)) = line.split_once("(--) PCI:*(") {
            self.primary(rest);
            return;
        }
        // What a driver says of its first screen: `(II) NVIDIA(0): …`.
        let Some((before, said)) = line.split_once("(0): ") else { return };
        let said = said.trim();
        let probed = before.contains("(--)");
        let text = |prefix: &str| said.strip_prefix(prefix).map(str::trim).filter(|text| !text.is_empty());
        if let Some(name) = text("VESA VBE OEM: ").or_else(|| text("Integrated Graphics Chipset: ")) {
            self.name = Some(name.to_owned());
        } else if let Some(product) = text("VESA VBE OEM Product: ") {
            self.product = Some(product.to_owned());
        } else if let Some(memory) = text("VESA VBE Total Mem: ").or_else(|| text("Memory: ").filter(|_| probed)) {
            let number = memory.strip_suffix("kB").or_else(|| memory.strip_suffix("kBytes"));
            self.memory = number.and_then(|number| number.trim().parse().ok()).or(self.memory);
        } else if let Some(card) = text("NVIDIA GPU ") {
            self.name = card.split_once(" at PCI:").map(|(name, _)| name.to_owned()).or_else(|| self.name.take());
        } else if let Some(chip) = text("Chipset: \"").filter(|_| probed) {
            self.chip(chip);
        } else if let Some(mode) = said.strip_prefix("Output ").and_then(|rest| rest.split_once(" using initial mode "))
        {
            self.resolution = size(mode.1.split(' ').next().unwrap_or_default());
        } else if self.resolution.is_none() {
            let virtual_size = text("Virtual screen size determined to be ").or_else(|| text("Virtual size is "));
            self.resolution = virtual_size.and_then(size);
        }
    }

    /// `0:1:5:0) 1002:9715:1458:d000 rev 0, Mem @ …`, all but the numbers in the parentheses hexadecimal. Old servers
    /// leave out the domain there, and write a name in place of the numbers.
    fn primary(&mut self, rest: &str) {
        let Some((place, rest)) = rest.split_once(')') else { return };
        let place: Option<Vec<u32>> = place.split([':', '@']).map(|number| number.parse().ok()).collect();
        self.slot = match place.as_deref() {
            Some([0, bus, device, function] | [bus, device, function]) => {
                Some(format!("{bus:02x}:{device:02x}.{function:x}"))
            }
            Some([domain, bus, device, function]) => Some(format!("{domain:04x}:{bus:02x}:{device:02x}.{function:x}")),
            _ => None,
        };
        let numbers = rest.split_ascii_whitespace().next().unwrap_or_default();
        let is_number = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let all = numbers.split(':').count() == 4 && numbers.split(':').all(is_number);
        self.numbers = all.then(|| numbers.to_owned());
    }

    /// `ATI Radeon HD 4290" (ChipID = 0x9715)`: with a number it is the card's name, without one the chip's, which is of
    /// use where the card has no name.
    fn chip(&mut self, chip: &str) {
        let Some((chip, behind)) = chip.split_once('"') else { return };
        if behind.contains("(ChipID") {
            self.name = Some(chip.to_owned());
        } else if self.name.is_none() {
            self.product = Some(chip.to_owned());
        }
    }

    /// The graphics card; empty when the log names none.
    pub fn video(&self) -> Row {
        let mut row = Row::new();
        row.maybe("name", self.name.as_deref().or(self.product.as_deref()));
        if row.is_empty() && self.slot.is_none() {
            return row;
        }
        // Vendor and device.
        let pciid = self.numbers.as_deref().and_then(|numbers| numbers.get(..9));
        row.maybe("chipset", self.product.as_deref().filter(|_| self.name.is_some()))
            .maybe("memory", self.memory.map(|kilobytes| kilobytes >> 10).filter(|megabytes| *megabytes > 0))
            .maybe("pciid", pciid)
            .maybe("pcislot", self.slot.as_deref())
            .maybe("resolution", self.resolution.as_deref());
        row
    }
}

/// `1680x1050`, `1680 x 1050`, with anything behind it.
fn size(text: &str) -> Option<String> {
    let (width, rest) = text.split_once('x')?;
    let height = rest.trim_start();
    let height = height.split(|c: char| !c.is_ascii_digit()).next()?;
    let (width, height): (u32, u32) = (width.trim().parse().ok()?, height.parse().ok()?);
    Some(format!("{width}x{height}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn servers_of_today() {
        let log = XorgLog::of(
            "[    10.7] (--) PCI:*(0:1:5:0) 1002:9715:1458:d000 rev 0, Mem @ 0x1/2\n[ 10.8] (--) PCI: (0:2:0:0) 1:2:3:4\n\
             [    10.9] (--) RADEON(0): Chipset: \"ATI Card 9\" (ChipID = 0x9715)\n(==) X(0): Chipset:  \"x\".\n\
             [    11.0] (II) RADEON(0): Output VGA-0 using initial mode 1920x1080 +0+0\n[ 12.0] (--) RADEON(0): Virtual size is 9x9 (pitch 9)\n",
        );
        assert_eq!((&log.slot, &log.numbers), (&some("01:05.0"), &some("1002:9715:1458:d000")));
        assert_eq!((&log.name, &log.product, &log.resolution), (&some("ATI Card 9"), &None, &some("1920x1080")));
        assert_eq!(log.video().text("pciid"), Some("1002:9715"));
    }

    #[test]
    fn servers_with_a_video_bios() {
        let log = XorgLog::of(
            "(--) PCI:*(0:17:0) unknown vendor (0x80ee) rev 0\n(II) VESA(0): VESA VBE Total Mem: 12288 kB\n\
             (II) VESA(0): VESA VBE OEM: A BIOS\n(II) VESA(0): VESA VBE OEM Product: An Adapter\n(II) VESA(0): VESA VBE OEM Product Rev: 1\n\
             (--) VESA(0): Virtual size is 1024x768 (pitch 1024)\n",
        );
        assert_eq!((&log.slot, &log.numbers, log.memory), (&some("00:11.0"), &None, Some(12288)));
        let row = log.video();
        assert_eq!((row.text("name"), row.text("chipset")), (Some("A BIOS"), Some("An Adapter")));
        assert_eq!((row.integer("memory"), row.text("resolution")), (Some(12), Some("1024x768")));
    }

    #[test]
    fn drivers_in_their_own_words() {
        let nvidia = XorgLog::of(
            "(II) Oct 16 13:23:06 NVIDIA(0): NVIDIA GPU Card 8 (G9) at PCI:5:0:0 (GPU-0)\n(--) Oct 16 13:23:06 NVIDIA(0): Memory: 524288 kBytes\n\
             (II) Oct 16 13:23:06 NVIDIA(0): Virtual screen size determined to be 1680 x 1050\n",
        );
        assert_eq!(
            (nvidia.name, nvidia.memory, nvidia.resolution),
            (some("Card 8 (G9)"), Some(524_288), some("1680x1050"))
        );
        let intel = XorgLog::of("(II) intel(0): Integrated Graphics Chipset: Intel 9\n(--) intel(0): Chipset: \"9\"\n");
        assert_eq!((intel.name, intel.product), (some("Intel 9"), None));
        assert_eq!(XorgLog::of("(--) NOUVEAU(0): Chipset: \"NV8\"\n").product, some("NV8"));
    }

    #[test]
    fn other_text_gives_nothing() {
        for text in [
            "",
            "(--) PCI:*(",
            "(--) PCI:*(a:b) c",
            "(0): ",
            "(--) X(0): Chipset: \"",
            "(--) x(0): Output a using initial mode é",
        ] {
            assert!(XorgLog::of(text).video().is_empty(), "{text}");
        }
        XorgLog::of(&"é".repeat(LONGEST));
    }
}
