//! Display devices on the PCI buses.
//!
//! Their memory is what they map for the processor: the prefetchable regions. A display that is no PCI device (of a
//! system on a chip) has no such description and is left out.

use super::pci::Device;
use crate::Scan;
use airlock_model::Row;

/// Base address registers come first in `resource`; the ROM and a bridge's windows follow.
const REGIONS: usize = 6;

// include/linux/ioport.h
const IORESOURCE_MEM: u64 = 0x200;
const IORESOURCE_PREFETCH: u64 = 0x2000;

pub(super) fn collect(scan: &Scan<'_>) {
    for device in scan.machine.pci().devices.iter().filter(|device| is_display(device)) {
        let regions = scan.text(format!("/sys/bus/pci/devices/{}/resource", device.slot));
        let mut row = Row::new();
        row.set("name", device.name())
            .maybe("chipset", device.class_name.as_deref())
            .maybe("memory", regions.as_deref().and_then(mapped_megabytes))
            .set("pcislot", device.short_slot())
            .set("pciid", device.number());
        scan.row(row);
    }
}

fn is_display(device: &Device) -> bool {
    device.base_class() == 0x03
}

/// Lines of `first last flags`, one a region.
fn mapped_megabytes(regions: &str) -> Option<u64> {
    let bytes = regions.lines().take(REGIONS).filter_map(prefetchable).fold(0, u64::saturating_add);
    Some(bytes >> 20).filter(|megabytes| *megabytes > 0)
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

    #[test]
    fn adds_up_prefetchable_regions() {
        let regions = "0x00000000fd000000 0x00000000fdffffff 0x0000000000042208\n\
            0x00000000fea00000 0x00000000fea00fff 0x0000000000040200\n\
            0x0000000000000000 0x0000000000000000 0x0000000000000000\n\
            0x0000006000000000 0x000000600fffffff 0x000000000014220c\nodd line\n\
            0x000000000000e000 0x000000000000e07f 0x0000000000040101\n\
            0x00000000000c0000 0x000000ffffffffff 0x0000000000047200\n";
        assert_eq!(mapped_megabytes(regions), Some(16 + 256));
        assert_eq!(mapped_megabytes(""), None);
        assert_eq!(mapped_megabytes("0x0 0xffffffffffffffff 0x2200\n0x5 0x1 0x2200"), None);
    }
}
