//! Where a value comes from: what its collector says of the row, and the files and tools in which the value stands.

use crate::recorder::{Entry, Recorder, Records};
use crate::{Findings, Machine, collector};
use airlock_model::Value;
use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// No more places than this are named for one value.
const MOST: usize = 4;
/// More is not searched.
const BIGGEST: usize = 16 << 20;

/// What was read of a machine, to explain its values by.
pub struct Explainer {
    recorder: Arc<Recorder>,
}

/// One row of a section with a value to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its number among the section's rows, from 1.
    pub row: usize,
    pub value: String,
    /// What the collector says of the row: `SMBIOS type 17, handle 0x1100`.
    pub source: Option<String>,
    /// Files and commands that the collector read and in which the value stands as it is.
    pub found_in: Vec<String>,
    /// When it stands nowhere: what the collector read, for the value is worked out from that.
    pub read: Vec<String>,
}

/// A section's rows with one field explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// How many rows the section has, with the field or without.
    pub rows: usize,
    /// One for each row with the field.
    pub origins: Vec<Origin>,
}

impl Explainer {
    pub(crate) fn new(recorder: Arc<Recorder>) -> Self {
        Self { recorder }
    }

    /// Reads a section and explains a field of each of its rows; none when nothing reads the section.
    pub fn explain(&self, machine: &Machine, section: &str, field: &str, deadline: Instant) -> Option<Explained> {
        let findings = Findings::explaining(deadline);
        collector(section)?.collect(machine, &findings);
        let sources = findings.origins();
        let (rows, _) = findings.take();
        let records = self.recorder.lock();
        let explained = (1..).zip(rows.iter().zip(sources)).filter_map(|(number, (row, source))| {
            let value = row.get(field)?;
            let source = source.or_else(|| in_smbios(machine, section, number, rows.len(), &value.to_text()));
            Some(origin(&records, section, number, value, source))
        });
        Some(Explained { rows: rows.len(), origins: explained.collect() })
    }
}

/// The SMBIOS structure that a row, or a value of an object, comes from.
fn in_smbios(machine: &Machine, section: &str, row: usize, rows: usize, value: &str) -> Option<String> {
    let kinds: &[u8] = match section {
        "bios" => &[1, 2, 3, 0],
        "hardware" => &[1],
        "cpus" => &[4],
        "ports" => &[8],
        "slots" => &[9],
        "memories" => &[17],
        "batteries" => &[22],
        "powersupplies" => &[39],
        _ => return None,
    };
    let tables = machine.dmi().tables.as_ref()?;
    let all = || kinds.iter().flat_map(|kind| tables.all(*kind));
    // One row a structure: the row's own.
    let own = || match kinds {
        [_] if section != "hardware" && all().count() == rows => all().nth(row.checked_sub(1)?),
        _ => None,
    };
    let structure = own().or_else(|| all().find(|structure| structure.says(value)))?;
    Some(format!("SMBIOS type {}, handle {:#06x}", structure.kind()?, structure.handle()?))
}

fn origin(records: &Records, section: &str, row: usize, value: &Value, source: Option<String>) -> Origin {
    let value = value.to_text();
    let mut found_in = places(records, section, source.as_deref(), &value);
    found_in.truncate(MOST);
    let mut read = Vec::new();
    if found_in.is_empty() && source.is_none() {
        read.extend(records.readers.iter().filter(|(_, by)| **by == section).map(|(what, _)| what.clone()));
        read.sort_by_key(|what| what.matches('/').count());
        read.truncate(MOST);
    }
    Origin { row, value, source, found_in, read }
}

/// Where the value stands: below the folder that the collector names, else in what the collector has read.
fn places(records: &Records, section: &str, source: Option<&str>, value: &str) -> Vec<String> {
    if value.len() < 2 {
        return Vec::new();
    }
    let folder = match source {
        Some(source) if !source.starts_with('/') => return Vec::new(),
        other => other.map(|folder| records.followed(Path::new(folder))),
    };
    // Of several files that say the same, the one nearest to the row's folder.
    let near = |path: &Path| match &folder {
        Some(folder) => folder.components().zip(path.components()).take_while(|(a, b)| a == b).count(),
        None => 0,
    };
    let mut found: Vec<(Reverse<usize>, usize, String)> = Vec::new();
    for (path, entry) in &records.entries {
        let name = path.display().to_string();
        let of_section = records.readers.get(&name).is_some_and(|by| *by == section);
        if let (true, Entry::File { bytes: Some(bytes), .. }) = (of_section, entry)
            && stands_in(bytes, value)
        {
            found.push((Reverse(near(path)), bytes.len(), name));
        }
    }
    for command in records.commands.iter().filter(|_| folder.is_none()) {
        let name = command.argv.join(" ");
        if records.readers.get(&name).is_some_and(|by| *by == section) && stands_in(command.stdout.as_bytes(), value) {
            found.push((Reverse(0), command.stdout.len(), format!("the command {name}")));
        }
    }
    found.sort();
    let nearest = found.first().map(|(near, ..)| *near);
    found.into_iter().filter(|(near, ..)| Some(*near) == nearest).map(|(_, _, name)| name).collect()
}

/// Whether a text stands in a file as a word of its own.
fn stands_in(bytes: &[u8], value: &str) -> bool {
    if bytes.len() > BIGGEST {
        return false;
    }
    let value = value.as_bytes();
    let inside = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    bytes.windows(value.len()).enumerate().any(|(at, window)| {
        window.eq_ignore_ascii_case(value)
            && !inside(at.checked_sub(1).and_then(|before| bytes.get(before)))
            && !inside(bytes.get(at + value.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use std::time::Duration;

    #[test]
    fn a_value_leads_to_the_file_that_holds_it() {
        let machine = TestMachine::of(&[("etc/passwd", "maria:x:1000:1000:Maria M:/home/maria:/bin/zsh\n")]);
        let (machine, explainer) = Machine::explained(machine.roots().clone());
        let deadline = Instant::now() + Duration::from_secs(9);
        let origins = explainer.explain(&machine, "local_users", "shell", deadline).unwrap().origins;
        assert_eq!(origins.len(), 1);
        assert_eq!((origins[0].row, origins[0].value.as_str()), (1, "/bin/zsh"));
        assert_eq!(origins[0].found_in, ["/etc/passwd"]);
        assert_eq!(explainer.explain(&machine, "no-such-section", "x", deadline), None);
    }
}
