//! Names of PCI and USB devices, from the system's `pci.ids` and `usb.ids`.
//!
//! The files are long (1.4 MB) and a machine has a dozen devices: nothing is loaded. Vendors stand in the order of their
//! numbers, so that the file is halved until the vendor is found, and only that vendor's lines are read. What is not in
//! its place is not found; no name is the worst that a damaged file can do.
//!
//! Format: the comment at the top of the files (<https://pci-ids.ucw.cz/>, <http://www.linux-usb.org/usb-ids.html>).

use crate::Roots;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Where distributions put them.
const FOLDERS: [&str; 3] = ["/usr/share/hwdata", "/usr/share/misc", "/var/lib/usbutils"];

/// Below this distance lines are read one after another.
const NEAR: u64 = 4096;

/// A vendor's lines are looked through no further for the next vendor.
const FAR: u64 = 8192;

/// The classes are not longer.
const TAIL: u64 = 16 << 10;

/// No line of these files is longer; of one that is, the rest counts as another line.
const LONGEST_LINE: u64 = 1024;

/// Classes stand behind the last vendor, other lists behind the classes.
const FIRST_CLASS: u32 = 0x1_0000;
const OTHER_LISTS: u32 = 0x2_0000;

/// One of the two files, open.
#[derive(Debug)]
pub struct Ids {
    file: File,
    length: u64,
}

/// A vendor's name and the names of those of its devices that were asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Vendor {
    pub(crate) name: String,
    pub(crate) devices: Vec<(u16, String)>,
}

impl Vendor {
    pub(crate) fn device(&self, number: u16) -> Option<&str> {
        self.devices.iter().find(|(known, _)| *known == number).map(|(_, name)| name.as_str())
    }
}

impl Ids {
    /// The newest of the installed files of that name.
    pub(crate) fn open(roots: &Roots, name: &str) -> Option<Self> {
        let mut all = FOLDERS.iter().filter_map(|folder| Self::of(roots.open(format!("{folder}/{name}")).ok()?));
        let first = all.next()?;
        if roots.recorder().is_some() {
            // Read in pieces here, and kept whole.
            FOLDERS.iter().for_each(|folder| drop(roots.bytes(format!("{folder}/{name}"))));
        }
        Some(all.fold(first, |best, other| if other.version() > best.version() { other } else { best }))
    }

    /// A file of that format, wherever it is.
    pub fn at(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Self::of(file).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file"))
    }

    fn of(file: File) -> Option<Self> {
        let metadata = file.metadata().ok()?;
        metadata.is_file().then(|| Self { length: metadata.len(), file })
    }

    /// The date in the line `# Version: 2025.07.26`, as it stands there.
    fn version(&self) -> Option<String> {
        let mut lines = self.lines(0);
        for _ in 0..32 {
            let line = lines.next()?;
            let text = String::from_utf8_lossy(line);
            if let Some((_, version)) = text.strip_prefix('#')?.split_once("Version:") {
                return Some(version.trim().to_owned());
            }
        }
        None
    }

    /// A vendor and those of its devices that are asked for.
    pub(crate) fn vendor(&self, number: u16, devices: &[u16]) -> Option<Vendor> {
        let last = devices.iter().max().copied();
        let mut found = Vendor::default();
        found.name = self.block(u32::from(number), |id, name| {
            if let Some(id) = number_of(id, 4).and_then(|id| u16::try_from(id).ok()) {
                if last.is_none_or(|last| id > last) {
                    return false;
                }
                if devices.contains(&id) {
                    found.devices.push((id, name()));
                }
            }
            last.is_some()
        })?;
        Some(found)
    }

    /// Names classes of PCI devices (`0x0106`): by the subclass, or by the class when that is not listed.
    pub(crate) fn classes(&self, wanted: &mut BTreeMap<u16, Option<String>>) {
        let mut lines = self.lines(self.near(FIRST_CLASS));
        let mut class = None;
        while let Some(line) = lines.next() {
            match (line, key_of(line)) {
                (_, Some(OTHER_LISTS..)) => break,
                (_, Some(key @ FIRST_CLASS..)) => {
                    class = u16::try_from(key - FIRST_CLASS).ok();
                    for (_, name) in wanted.iter_mut().filter(|(wanted, _)| Some(**wanted >> 8) == class) {
                        *name = Some(name_of(line));
                    }
                }
                ([b'\t', entry @ ..], _) => {
                    let subclass = number_of(entry, 2).and_then(|subclass| u16::try_from(subclass).ok());
                    let number = class.zip(subclass).map(|(class, subclass)| (class << 8) | subclass);
                    if let Some(name) = number.and_then(|number| wanted.get_mut(&number)) {
                        *name = Some(name_of(entry));
                    }
                }
                _ => {}
            }
        }
    }

    /// The name of a vendor; `each` sees the entries below it until it says that it has seen enough.
    fn block(&self, key: u32, mut each: impl FnMut(&[u8], &dyn Fn() -> String) -> bool) -> Option<String> {
        let mut lines = self.lines(self.near(key));
        let name = loop {
            let line = lines.next()?;
            match key_of(line) {
                Some(other) if other > key => return None,
                Some(other) if other == key => break name_of(line),
                _ => {}
            }
        };
        while let Some(line) = lines.next() {
            match line {
                [b'\t', b'\t', ..] => {}
                [b'\t', entry @ ..] if !each(entry, &|| name_of(entry)) => break,
                _ if key_of(line).is_some() => break,
                _ => {}
            }
        }
        Some(name)
    }

    /// A place at or before the line of that vendor or class, and not far from it unless that stands behind a vendor of
    /// thousands of devices: the middle of such a vendor's lines tells nothing, and what comes before them is taken.
    fn near(&self, key: u32) -> u64 {
        let (mut low, mut high) = (0, self.length);
        if key >= FIRST_CLASS {
            let tail = self.length.saturating_sub(TAIL);
            low = self.first_key(tail, high).filter(|(_, other)| *other <= key).map_or(0, |(at, _)| at);
        }
        while high - low > NEAR {
            let middle = low + (high - low) / 2;
            match self.first_key(middle, high) {
                Some((at, other)) if other <= key => low = at,
                _ => high = middle,
            }
        }
        low
    }

    /// The first line with a vendor or class that begins at or soon after a place, and before another one.
    fn first_key(&self, from: u64, end: u64) -> Option<(u64, u32)> {
        let mut lines = self.lines(from.saturating_sub(1));
        lines.next()?;
        while lines.at < end.min(from + FAR) {
            let at = lines.at;
            if let Some(key) = key_of(lines.next()?) {
                return Some((at, key));
            }
        }
        None
    }

    fn lines(&self, at: u64) -> Lines<'_> {
        let reader = BufReader::with_capacity(4096, From { file: &self.file, at });
        Lines { reader, at, line: Vec::with_capacity(128) }
    }
}

/// Lines from some place on, and the place of the next one.
struct Lines<'a> {
    reader: BufReader<From<'a>>,
    at: u64,
    line: Vec<u8>,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<&[u8]> {
        self.line.clear();
        let read = self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line).ok()?;
        self.at += u64::try_from(read).ok()?;
        (read > 0).then(|| self.line.trim_ascii_end())
    }
}

struct From<'a> {
    file: &'a File,
    at: u64,
}

impl Read for From<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(into, self.at)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or(0));
        Ok(read)
    }
}

/// The place in the order of the file: vendors by number, classes behind them, everything else last.
fn key_of(line: &[u8]) -> Option<u32> {
    match line {
        [] | [b'\t' | b'#' | b' ', ..] => None,
        [b'C', b' ', class @ ..] => Some(number_of(class, 2).map_or(OTHER_LISTS, |class| FIRST_CLASS + class)),
        vendor => Some(number_of(vendor, 4).unwrap_or(OTHER_LISTS)),
    }
}

/// The hexadecimal number at the beginning of an entry, which is followed by a space.
fn number_of(entry: &[u8], digits: usize) -> Option<u32> {
    let (number, rest) = entry.split_at_checked(digits)?;
    if rest.first() != Some(&b' ') {
        return None;
    }
    number.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}

/// What follows the two spaces.
fn name_of(entry: &[u8]) -> String {
    let at = entry.windows(2).position(|two| two == b"  ").unwrap_or(entry.len());
    String::from_utf8_lossy(entry.get(at..).unwrap_or_default()).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use std::fmt::Write;

    const SMALL: &str = "#\n# Version: 2024.01.02\n#\n\n0010  First Maker\n# a remark\n\t8139  A card\n\t\t0010 8139  its twin\n\
        8086  Intel Corporation\n\t0001  One\n\t10d3  82574L Gigabit Network Connection\n\t\t8086 0000  Other\n\tffff  Last\n\
        ffff  Illegal\n\nC 01  Mass storage controller\n\t06  SATA controller\n\t\t01  AHCI 1.0\nC 02  Network controller\n\
        \t00  Ethernet controller\nAT 0100  USB Undefined\n";

    fn ids(text: &[u8]) -> (TestMachine, Ids) {
        let machine = TestMachine::of(&[("usr/share/misc/pci.ids", text)]);
        let ids = Ids::open(machine.roots(), "pci.ids").unwrap();
        (machine, ids)
    }

    fn class(ids: &Ids, number: u16) -> Option<String> {
        let mut wanted = BTreeMap::from([(number, None)]);
        ids.classes(&mut wanted);
        wanted.remove(&number).flatten()
    }

    #[test]
    fn finds_vendors_devices_and_classes() {
        let (_machine, ids) = ids(SMALL.as_bytes());
        let intel = ids.vendor(0x8086, &[0x10d3, 0x0002, 0xffff]).unwrap();
        assert_eq!(intel.name, "Intel Corporation");
        assert_eq!(intel.device(0x10d3), Some("82574L Gigabit Network Connection"));
        assert_eq!(intel.device(0xffff), Some("Last"));
        assert_eq!(intel.devices.len(), 2);
        assert_eq!(ids.vendor(0x0010, &[]), Some(Vendor { name: "First Maker".into(), devices: vec![] }));
        assert_eq!(ids.vendor(0x0011, &[1]), None);
        assert_eq!(class(&ids, 0x0106).as_deref(), Some("SATA controller"));
        assert_eq!(class(&ids, 0x0180).as_deref(), Some("Mass storage controller"));
        assert_eq!(class(&ids, 0x0200).as_deref(), Some("Ethernet controller"));
        assert_eq!(class(&ids, 0x0300), None);
    }

    #[test]
    fn finds_every_vendor_of_a_long_file() {
        let mut text = String::from("# Version: 1\n");
        for vendor in (0..6000).step_by(3) {
            writeln!(text, "{vendor:04x}  Maker {vendor}").unwrap();
            // One of them is as long as all others together.
            for device in 0..if vendor == 4200 { 20_000 } else { vendor % 40 } {
                writeln!(text, "\t{device:04x}  Thing {vendor} {device}").unwrap();
            }
        }
        text.push_str("C 0c  Serial bus controller\n\t03  USB controller\n");
        let (_machine, ids) = ids(text.as_bytes());
        for vendor in 0..6000u16 {
            let found = ids.vendor(vendor, &[0, 38]);
            if vendor % 3 != 0 {
                assert_eq!(found, None);
                continue;
            }
            let found = found.unwrap();
            assert_eq!(found.name, format!("Maker {vendor}"));
            assert_eq!(found.device(38).is_some(), vendor % 40 > 38 || vendor == 4200, "{vendor}");
        }
        assert_eq!(class(&ids, 0x0c03).as_deref(), Some("USB controller"));
    }

    #[test]
    fn the_newest_of_several_files_counts() {
        let machine = TestMachine::new();
        for (folder, version) in [("hwdata", "2020.01.01"), ("misc", "2025.01.01")] {
            let text = format!("# Version: {version}\n0001  Maker in {folder}\n");
            machine.file(format!("/usr/share/{folder}/usb.ids"), text);
        }
        let ids = Ids::open(machine.roots(), "usb.ids").unwrap();
        assert_eq!(ids.vendor(1, &[]).unwrap().name, "Maker in misc");
    }

    #[test]
    fn survives_any_file() {
        assert!(Ids::open(TestMachine::new().roots(), "pci.ids").is_none());
        let long = vec![b'8'; 300_000];
        let mut odd = b"8086  \xff\xfe name\n\t0001  \xc3\x28\n".to_vec();
        odd.extend(long.iter());
        for text in [&b""[..], b"\n", b"8086", b"8086  ", b"\t0001  x", &long, &[0; 20_000], &odd] {
            let (_machine, ids) = ids(text);
            ids.vendor(0x8086, &[1, 2]);
            class(&ids, 0x0106);
        }
        for cut in 0..SMALL.len() {
            let (_machine, ids) = ids(&SMALL.as_bytes()[..cut]);
            ids.vendor(0xffff, &[0xffff]);
        }
    }
}
