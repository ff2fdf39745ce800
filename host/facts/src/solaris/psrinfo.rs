//! Processors, from `psrinfo -v` (what the system schedules on) and `psrinfo -vp` (what sits in the sockets), psrinfo(1M).
//!
//! A logical domain may hold a part of a processor only: its cores are counted up to whole ones.

use crate::units::megahertz;
use airlock_model::Row;

/// No machine has more; what follows is left out.
const MOST: usize = 8192;

/// One virtual processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Virtual {
    pub architecture: String,
    pub mhz: Option<u64>,
}

/// One physical processor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Physical {
    /// `UltraSPARC-T2`, `Xeon E5410`.
    pub name: String,
    pub manufacturer: Option<&'static str>,
    pub mhz: Option<u64>,
    /// How many of its virtual processors this system has.
    pub virtual_processors: u64,
    cores_said: Option<u64>,
}

impl Physical {
    /// Threads of a core: by model where it is a fact of the design, else by what the tool says of cores.
    pub fn threads(&self) -> u64 {
        let name = self.name.as_str();
        let known = [
            ("UltraSPARC-T1", 4),
            ("UltraSPARC-T", 8),
            ("SPARC-T", 8),
            ("SPARC-M", 8),
            ("SPARC-S", 8),
            ("SPARC64-X", 2),
            ("SPARC64-VII", 2),
            ("SPARC64-VI", 2),
        ];
        match known.iter().find(|(model, _)| name.starts_with(model)) {
            Some((_, threads)) => *threads,
            None => self.cores_said.map_or(1, |cores| (self.virtual_processors / cores.max(1)).max(1)),
        }
    }

    pub fn cores(&self) -> u64 {
        self.cores_said.unwrap_or_else(|| self.virtual_processors.div_ceil(self.threads())).max(1)
    }
}

/// Reads `psrinfo -v`.
pub fn virtual_processors(text: &str) -> Vec<Virtual> {
    let said = text.lines().filter_map(|line| {
        let (who, what) = line.split_once(" processor operates at ")?;
        let architecture = who.trim().strip_prefix("The ")?.to_owned();
        Some(Virtual { architecture, mhz: what.split_once(',').and_then(|(clock, _)| megahertz(clock)) })
    });
    said.take(MOST).collect()
}

/// Reads `psrinfo -vp`.
pub fn physical_processors(text: &str) -> Vec<Physical> {
    let mut found: Vec<Physical> = Vec::new();
    for line in text.lines() {
        if let Some(processor) = heading(line) {
            if found.len() == MOST {
                break;
            }
            found.push(processor);
        } else if let Some(last) = found.last_mut() {
            describe(last, line.trim());
        }
    }
    found
}

/// `The physical processor has 8 cores and 32 virtual processors (0-31)`; Solaris 9 has only `The i386 physical
/// processor has 1 virtual processor (0)`.
fn heading(line: &str) -> Option<Physical> {
    let (who, what) = line.trim().split_once("physical processor has ")?;
    let architecture = who.strip_prefix("The ")?.trim();
    let before = |noun: &str| {
        let (head, _) = what.split_once(noun)?;
        head.split_ascii_whitespace().next_back()?.parse::<u64>().ok()
    };
    Some(Physical {
        name: architecture.to_owned(),
        virtual_processors: before(" virtual processor")?,
        cores_said: before(" cores").or_else(|| before(" core ")),
        ..Physical::default()
    })
}

/// `UltraSPARC-T2 (chipid 0, clock 1165 MHz)`; of x86 the name follows on a line of its own.
fn describe(processor: &mut Physical, line: &str) {
    if line.is_empty() || line.starts_with("The core has ") {
        return;
    }
    if let Some((name, rest)) = line.split_once(" (")
        && let Some((_, clock)) = rest.split_once("clock ")
    {
        processor.mhz = clock.split_once(')').and_then(|(clock, _)| megahertz(clock));
        processor.name = name.to_owned();
        processor.manufacturer = manufacturer(name).or_else(|| manufacturer(rest));
        return;
    }
    processor.manufacturer = manufacturer(line).or(processor.manufacturer);
    processor.cores_said = processor.cores_said.or_else(|| cores_of_name(line));
    let model = model(line);
    if !model.is_empty() {
        processor.name = model;
    }
}

fn manufacturer(text: &str) -> Option<&'static str> {
    let known = [("SPARC", "SPARC"), ("Intel", "Intel"), ("AMD", "AMD")];
    known.iter().find(|(word, _)| text.contains(word)).map(|(_, maker)| *maker)
}

/// `Xeon E5410` of `Intel(r) Xeon(r) CPU           E5410  @ 2.33GHz`: without marks, maker, clock and socket.
fn model(brand: &str) -> String {
    let plain = brand.split(['\t', '[', '@']).next().unwrap_or_default();
    let plain =
        ["(R)", "(r)", "(TM)", "(tm)", "(C)"].iter().fold(plain.to_owned(), |text, mark| text.replace(mark, ""));
    let words = plain.split_ascii_whitespace().filter(|word| {
        !matches!(*word, "CPU" | "Processor" | "Intel") && !word.to_ascii_lowercase().ends_with("-core")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// 12 of `AMD Ryzen 9 3900X 12-Core Processor`.
fn cores_of_name(brand: &str) -> Option<u64> {
    let word = brand.split_ascii_whitespace().map(str::to_ascii_lowercase).find(|word| word.ends_with("-core"))?;
    match word.strip_suffix("-core")? {
        "dual" => Some(2),
        "triple" => Some(3),
        "quad" => Some(4),
        "six" => Some(6),
        "eight" => Some(8),
        "twelve" => Some(12),
        "sixteen" => Some(16),
        number => number.parse().ok().filter(|cores| (1..=1024).contains(cores)),
    }
}

/// The processors of both: those of a kind stand together. Where the physical ones are not told apart (Solaris 8 has no
/// `-p`), each virtual one stands for one.
pub fn rows(physical: &[Physical], logical: &[Virtual]) -> Vec<Row> {
    let speed = logical.first().and_then(|one| one.mhz);
    if physical.is_empty() {
        let row = |one: &Virtual| {
            let mut row = Row::new().with("name", one.architecture.as_str());
            row.maybe("manufacturer", one.architecture.starts_with("sparc").then_some("SPARC"));
            row.maybe("speed", one.mhz).set("core", 1_i64).set("thread", 1_i64);
            row
        };
        return logical.iter().map(row).collect();
    }
    let mut sorted: Vec<&Physical> = physical.iter().collect();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    let row = |one: &Physical| {
        let mut row = Row::new().with("name", one.name.as_str());
        row.maybe("manufacturer", one.manufacturer).maybe("speed", one.mhz.or(speed));
        row.set("core", one.cores()).set("thread", one.threads());
        row
    };
    sorted.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparc_has_cores_of_many_threads() {
        let physical = physical_processors(
            "The physical processor has 16 virtual processors (0-15)\n  UltraSPARC-T2 (chipid 0, clock 1415 MHz)\n",
        );
        let row = &rows(&physical, &[])[0];
        assert_eq!(row.text("name"), Some("UltraSPARC-T2"));
        assert_eq!(row.text("manufacturer"), Some("SPARC"));
        assert_eq!((row.integer("core"), row.integer("thread")), (Some(2), Some(8)));
        assert_eq!(row.integer("speed"), Some(1415));
    }

    #[test]
    fn an_x86_has_its_name_on_the_next_line() {
        let physical = physical_processors(
            "The physical processor has 2 cores and 4 virtual processors (0-3)\n  The core has 2 virtual processors (0 2)\n    x86 (GenuineIntel 206A7 family 6 model 42 step 7 clock 3292 MHz)\n      Intel(r) Core(tm) i3-2120 CPU @ 3.30GHz\n\
             The physical processor has 1 virtual processor (4)\n  x86 (AuthenticAMD family 16 clock 2600 MHz)\n\tSix-Core AMD Opteron(tm) Processor 2435\t[ Socket: F(1207) ]\n",
        );
        let rows = rows(&physical, &[]);
        assert_eq!(rows[0].text("name"), Some("AMD Opteron 2435"));
        assert_eq!((rows[0].integer("core"), rows[0].integer("thread")), (Some(6), Some(1)));
        assert_eq!(rows[1].text("name"), Some("Core i3-2120"));
        assert_eq!(rows[1].text("manufacturer"), Some("Intel"));
        assert_eq!((rows[1].integer("core"), rows[1].integer("thread")), (Some(2), Some(2)));
    }

    #[test]
    fn without_physical_ones_each_virtual_one_counts() {
        let logical = virtual_processors(
            "Status of processor 0 as of: 01/02/03 04:05:06\n  The sparcv9 processor operates at 450 MHz,\n\tand has a sparcv9 floating point processor.\n",
        );
        assert_eq!(logical, [Virtual { architecture: "sparcv9".to_owned(), mhz: Some(450) }]);
        assert_eq!(rows(&[], &logical)[0].text("manufacturer"), Some("SPARC"));
        for garbage in
            ["", "physical processor has \u{e9} virtual processors", "The physical processor has x cores and"]
        {
            assert!(physical_processors(garbage).is_empty() && virtual_processors(garbage).is_empty());
        }
    }
}
