//! Memory modules, from `system_profiler SPMemoryDataType SPHardwareDataType` (text).
//!
//! Slots stand under `Memory:` directly (10.5 and before) or under `Memory Slots:`; a machine with memory soldered in has
//! one line of size and kind.

use super::profile::Entry;
use super::size;
use crate::units;
use airlock_model::Row;

/// One slot, or the memory as a whole where there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    /// As it is printed on the board: `BANK 0/DIMM1`. Empty for memory without slots.
    pub slot: String,
    /// MB.
    pub size: Option<u64>,
    pub kind: Option<String>,
    /// MHz.
    pub speed: Option<u64>,
    /// `OK`, `Empty`, in the tool's words.
    pub status: Option<String>,
    /// The number that a maker has at JEDEC, or the maker's name.
    pub manufacturer: Option<String>,
    /// In plain text, where the tool prints it in hexadecimal digits.
    pub part_number: Option<String>,
    pub serial: Option<String>,
}

impl Module {
    /// The number behind the word DIMM in the slot's name.
    pub fn dimm(&self) -> Option<u32> {
        let (_, rest) = self.slot.split_once("DIMM")?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).and_then(|end| rest.get(..end)).unwrap_or(rest);
        digits.parse().ok()
    }
}

/// The slots of the machine, empty ones included.
pub fn modules(profile: &Entry) -> Vec<Module> {
    let Some(memory) = profile.get("Memory") else { return Vec::new() };
    if let (Some(size), true) = (memory.text("Memory"), memory.entries.iter().all(|entry| entry.entries.is_empty())) {
        let kind = memory.text("Type").map(str::to_owned);
        return vec![Module { size: size::megabytes(size), kind, ..Module::default() }];
    }
    // Newer systems put the slots under headings.
    let slots = memory.entries.iter().flat_map(|entry| {
        if entry.get("Size").is_some() { std::slice::from_ref(entry) } else { entry.entries.as_slice() }
    });
    slots.filter(|slot| slot.get("Size").is_some()).map(module).collect()
}

fn module(slot: &Entry) -> Module {
    let text = |name: &str| slot.text(name).map(str::to_owned);
    Module {
        slot: slot.name.clone(),
        size: slot.text("Size").and_then(size::megabytes),
        kind: text("Type"),
        speed: slot.text("Speed").and_then(units::megahertz),
        status: text("Status"),
        manufacturer: text("Manufacturer"),
        part_number: slot.text("Part Number").and_then(plain),
        serial: text("Serial Number"),
    }
}

/// `0x4142` as `AB`: some boards give the bytes of a text. Anything else as it is; nothing but zeros is none.
fn plain(text: &str) -> Option<String> {
    let Some(digits) = text.strip_prefix("0x") else { return Some(text.to_owned()) };
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    let Some(bytes) = pairs.collect::<Option<Vec<u8>>>() else { return Some(text.to_owned()) };
    let printable: String = bytes.iter().filter(|b| matches!(b, 0x20..=0x7e)).map(|&b| char::from(b)).collect();
    Some(printable.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The memory that the machine has, in MB.
pub fn total(profile: &Entry) -> Option<u64> {
    size::megabytes(profile.get("Hardware")?.get("Hardware Overview")?.text("Memory")?)
}

/// Rows of the section `memories`.
pub fn rows(modules: &[Module]) -> Vec<Row> {
    // The tool's words for a slot that says nothing.
    let known = |text: &Option<String>| text.clone().filter(|text| !matches!(text.as_str(), "Unknown" | "Empty"));
    let zeros = |text: &String| text.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b == b'0'));
    let mut rows = Vec::new();
    for (module, position) in modules.iter().zip(1_u32..) {
        let mut row = Row::new();
        row.maybe("caption", Some(module.slot.as_str()).filter(|slot| !slot.is_empty()));
        if module.slot.is_empty() {
            row.set("description", "Integrated memory");
        }
        row.maybe("capacity", module.size)
            .maybe("type", known(&module.kind))
            .maybe("speed", module.speed.map(|speed| speed.to_string()))
            .maybe("manufacturer", known(&module.manufacturer).filter(|maker| !maker.starts_with("0x")))
            .maybe("model", known(&module.part_number))
            .maybe("serialnumber", known(&module.serial).filter(|serial| !zeros(serial)))
            .set("numslots", position);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_under_a_heading() {
        let text = "Memory:\n\n    Memory Slots:\n\n      ECC: Disabled\n\n        BANK 0/DIMM1:\n\n          Size: 4 GB\n\
                    \n          Type: DDR3\n          Speed: 1333 MHz\n          Status: OK\n          Manufacturer: 0x80AD\n\
                    \n          Part Number: 0x414243313233202000\n          Serial Number: 0x00000000\n\
                    \n        BANK 1/DIMM0:\n\n          Size: Empty\n          Type: Empty\n";
        let modules = modules(&Entry::parse(text));
        assert_eq!(modules.len(), 2);
        assert_eq!((modules[0].dimm(), modules[0].size, modules[0].speed), (Some(1), Some(4096), Some(1333)));
        let rows = rows(&modules);
        assert_eq!(rows[0].text("model"), Some("ABC123"));
        assert_eq!(rows[0].text("serialnumber"), None);
        assert_eq!((rows[1].text("caption"), rows[1].integer("capacity")), (Some("BANK 1/DIMM0"), None));
    }

    #[test]
    fn slots_without_a_heading_and_memory_without_slots() {
        let old = "Memory:\n\n    DIMM0/J1:\n\n      Size: 1 GB\n      Type: DDR\n      Speed: PC2700\n";
        assert_eq!(modules(&Entry::parse(old))[0].size, Some(1024));
        let new = "Hardware:\n\n    Hardware Overview:\n\n      Memory: 8 GB\n\nMemory:\n\n      Memory: 8 GB\n      Type: LPDDR5\n";
        let profile = Entry::parse(new);
        assert_eq!(total(&profile), Some(8192));
        assert_eq!(rows(&modules(&profile))[0].text("description"), Some("Integrated memory"));
        assert!(modules(&Entry::parse("Memory: nothing\n")).is_empty());
        assert_eq!(plain("0x4"), Some("0x4".to_owned()));
    }
}
