//! Numbers that identify nothing: what makers leave in a field that nobody filled in. A server that took one for an identity
//! would take all machines with it for one.

use airlock_task::Row;

/// The fields of each section by which something is told from others of its kind.
const IDENTITIES: &[(&str, &[&str])] = &[
    ("bios", &["ssn", "msn", "biosserial", "enclosureserial", "assettag"]),
    ("hardware", &["uuid"]),
    ("cpus", &["serial"]),
    ("memories", &["serialnumber"]),
    ("monitors", &["serial", "altserial"]),
    ("powersupplies", &["serialnumber"]),
    ("storages", &["serial", "wwn"]),
    ("usbdevices", &["serial"]),
];

/// Whole values, whatever their case.
const KNOWN: &[&str] = &[
    "to be filled by o.e.m.",
    "to be filled by oem",
    "default string",
    "system serial number",
    "chassis serial number",
    "base board serial number",
    "serial number",
    "asset tag",
    "no asset tag",
    "no asset information",
    "not specified",
    "not applicable",
    "not available",
    "not present",
    "not defined",
    "unknown",
    "undefined",
    "invalid",
    "none",
    "n/a",
    "null",
    "empty",
    "oem",
    "o.e.m.",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "0123456789abcdef",
    "123456789012345678",
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
];

/// Characters of which some firmware fills a whole field with one.
const FILLERS: &[char] = &['0', 'f', 'x', '.', '-', '_', '*', '?', '#', ' '];

/// Takes such values out of a section's rows; each is said.
pub(super) fn remove(section: &str, rows: &mut [Row]) -> Vec<String> {
    let Some((_, fields)) = IDENTITIES.iter().find(|(name, _)| *name == section) else { return Vec::new() };
    let mut said = Vec::new();
    for row in rows {
        for field in *fields {
            if row.text(field).is_some_and(is_known_bad) {
                let value = row.remove(field).map(|value| value.to_text()).unwrap_or_default();
                said.push(format!("{field} {value:?} is the same on many machines, left out"));
            }
        }
    }
    said
}

fn is_known_bad(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let mut rest = text.chars().filter(|c| !matches!(c, '-' | ':' | ' '));
    let filled = match rest.next() {
        // Short of that it may be a number of something.
        Some(first) if FILLERS.contains(&first) => (first == '0' || text.len() > 3) && rest.all(|c| c == first),
        Some(_) => false,
        None => true,
    };
    filled || KNOWN.contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_identifies_nothing_is_left_out_and_said() {
        let bad = [
            "To Be Filled By O.E.M.",
            "0",
            "00000000",
            "FFFFFFFF",
            "00000000-0000-0000-0000-000000000000",
            "......",
            "None",
        ];
        for value in bad {
            let mut rows = [Row::new().with("ssn", value).with("smodel", "M")];
            assert_eq!(remove("bios", &mut rows).len(), 1, "{value}");
            assert_eq!(rows[0], Row::new().with("smodel", "M"));
        }
        for value in ["S1", "FFF", "0F00", "X", "PF0000", "000000A0", "F-1"] {
            let mut rows = [Row::new().with("ssn", value)];
            assert_eq!(remove("bios", &mut rows), Vec::<String>::new(), "{value}");
        }
    }

    #[test]
    fn other_fields_may_say_what_they_like() {
        let mut rows = [Row::new().with("name", "None").with("version", "0")];
        assert!(remove("softwares", &mut rows).is_empty() && remove("bios", &mut rows).is_empty());
    }
}
