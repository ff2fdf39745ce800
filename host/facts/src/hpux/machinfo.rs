//! The machine and its processors, from `machinfo` (machinfo(1)): parts with a title, values of theirs, which HP-UX 11.23
//! writes with `=` and 11.31 with a colon.

use crate::units::{Base, cut, megabytes, megahertz};
use airlock_model::Row;

const MOST_LINES: usize = 4096;
/// No name or value is longer: one stands in a row for each of thousands of processors.
const LONGEST: usize = 1024;
/// The same for what a part says in words.
const MOST_WORDS: usize = 8 << 10;

/// One part: its title, and what it says in named values or in plain words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    pub title: String,
    pub values: Vec<(String, String)>,
    /// Lines that name nothing, joined by a blank.
    pub words: String,
}

impl Part {
    /// A value by its name, however it is capitalised.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

pub fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in text.lines().take(MOST_LINES) {
        let indented = line.starts_with([' ', '\t']);
        let pair = line.split_once(['=', ':']).map(|(name, value)| (name.trim(), value.trim()));
        match (indented, pair) {
            (false, Some((title, value))) => {
                parts.push(Part {
                    title: cut(title, LONGEST).to_owned(),
                    words: cut(value, LONGEST).to_owned(),
                    values: Vec::new(),
                });
            }
            (true, Some((name, value))) if !value.is_empty() => {
                if let Some(last) = parts.last_mut() {
                    last.values.push((cut(name, LONGEST).to_owned(), cut(value, LONGEST).to_owned()));
                }
            }
            (true, None) if !line.trim().is_empty() => {
                if let Some(last) = parts.last_mut() {
                    if !last.words.is_empty() {
                        last.words.push(' ');
                    }
                    let room = MOST_WORDS.saturating_sub(last.words.len());
                    last.words.push_str(cut(line.trim(), room));
                }
            }
            _ => {}
        }
    }
    parts
}

/// The section `bios`: machine and firmware.
pub fn bios(parts: &[Part]) -> Row {
    let get = |title: &str, names: &[&str]| {
        let part = parts.iter().find(|part| part.title == title)?;
        names.iter().find_map(|name| part.get(name)).map(|value| value.trim_matches(['"', ' ']))
    };
    let mut row = Row::new().with("bmanufacturer", "HP").with("smanufacturer", "HP");
    row.maybe("bversion", get("Firmware info", &["Firmware revision"]));
    row.maybe("smodel", get("Platform info", &["Model", "Model string"]));
    row.maybe("ssn", get("Platform info", &["Machine serial number"]));
    row
}

/// The section `hardware`: name, memory and identity of the machine.
pub fn hardware(parts: &[Part]) -> Row {
    let value = |title: &str, name: &str| parts.iter().find(|part| part.title == title)?.get(name);
    let memory = parts.iter().find(|part| part.title == "Memory").and_then(|part| part.words.split_once('('));
    let mut row = Row::new();
    row.maybe("memory", memory.and_then(|(size, _)| megabytes(size, Base::Binary)?.whole()));
    row.maybe("name", value("OS info", "Nodename"));
    row.maybe("uuid", value("Platform info", "Machine ID number"));
    row
}

/// What is known of the processors, which are all of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Processors {
    pub count: u64,
    pub manufacturer: Option<String>,
    /// The family: `Itanium`.
    pub name: Option<String>,
    /// In full: `Intel(R) Itanium 2 9100 series`.
    pub model: Option<String>,
    pub mhz: Option<u64>,
    /// Cores of each, where several are said.
    pub cores: Option<u64>,
}

/// The processors; none where the tool does not say how many there are.
pub fn processors(parts: &[Part]) -> Option<Processors> {
    let part = parts.iter().find(|part| part.title == "CPU info")?;
    let family = |text: &str| text.contains("Itanium").then(|| "Itanium".to_owned());
    let maker = |text: &str| text.contains("Intel").then(|| "Intel".to_owned());
    if let Some(count) = part.get("Number of CPUs") {
        let model =
            part.get("processor model").map(|model| model.split_once("  ").map_or(model, |(_, name)| name).trim());
        return Some(Processors {
            count: count.parse().ok()?,
            manufacturer: part.get("vendor information").and_then(maker),
            name: model.or_else(|| part.get("processor family")).and_then(family),
            model: model.map(str::to_owned),
            mhz: part.get("Clock speed").and_then(megahertz),
            cores: None,
        });
    }
    // `2 Intel(R) Itanium 2 9100 series processors (1.6 GHz, 24 MB) 533 MT/s bus, … 4 logical processors (2 per socket)`
    let (head, rest) = part.words.split_once(" (")?;
    let (count, model) = head.split_once(' ')?;
    let model = cut(model, LONGEST).trim().trim_end_matches("processors").trim_end_matches("processor").trim();
    Some(Processors {
        count: count.parse().ok()?,
        manufacturer: maker(model),
        name: family(model),
        model: Some(model.to_owned()),
        mhz: rest.split_once(',').and_then(|(clock, _)| megahertz(clock)),
        cores: rest.split_once(" per socket").and_then(|(head, _)| head.rsplit(['(', ' ']).next()?.parse().ok()),
    })
}

impl Processors {
    /// A row a processor, for the section `cpus`.
    pub fn rows(&self) -> Vec<Row> {
        let mut row = Row::new();
        row.maybe("name", self.name.as_deref().or(self.model.as_deref())).maybe("model", self.model.as_deref());
        row.maybe("manufacturer", self.manufacturer.as_deref()).maybe("speed", self.mhz).maybe("core", self.cores);
        (0..self.count.min(4096)).map(|_| row.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_systems_say_it_in_words() {
        let parts = parts(
            "CPU info:\n  2 Intel(R) Itanium 2 9100 series processors (1.42 GHz, 12 MB)\n          533 MT/s bus, CPU version A1\n          4 logical processors (2 per socket)\n\nMemory: 1024 MB (1 GB)\n\nPlatform info:\n   Model:    \"ia64 lab\"\n",
        );
        let processors = processors(&parts).unwrap();
        assert_eq!((processors.count, processors.mhz, processors.cores), (2, Some(1420), Some(2)));
        assert_eq!(processors.model.as_deref(), Some("Intel(R) Itanium 2 9100 series"));
        assert_eq!(processors.rows().len(), 2);
        assert_eq!(parts[1].words, "1024 MB (1 GB)");
        assert_eq!(bios(&parts).text("smodel"), Some("ia64 lab"));
        assert_eq!(hardware(&parts).integer("memory"), Some(1024));
    }

    #[test]
    fn older_systems_have_values() {
        let parts = parts(
            "CPU info:\n   Number of CPUs = 4\n   Clock speed = 900 MHz\n   CPUID registers\n      vendor information =       \"GenuineIntel\"\n         processor model:   1   Intel(R) Itanium 2 processor\n",
        );
        let processors = processors(&parts).unwrap();
        assert_eq!((processors.count, processors.mhz), (4, Some(900)));
        assert_eq!(processors.name.as_deref(), Some("Itanium"));
        assert_eq!(processors.manufacturer.as_deref(), Some("Intel"));
    }

    #[test]
    fn garbage_has_no_processors() {
        for text in ["", "CPU info:\n", "CPU info:\n é (", "CPU info:\n x y (é GHz per socket", "  = \n=:\n :"] {
            assert_eq!(processors(&parts(text)), None);
        }
    }
}
