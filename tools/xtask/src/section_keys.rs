//! What makes two rows of a section the same thing, in two inventories of one machine.

use crate::inventory_xml::Row;

/// How a section's rows are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// By fields: each part of the key is the first of its fields that has a value.
    Fields(&'static [&'static [&'static str]]),
    /// By fields, and nothing else is compared: what the rows say changes from one moment to the next.
    KeysOnly(&'static [&'static [&'static str]]),
    /// The first with the first.
    Position,
    /// Rows are only counted.
    Count,
}

/// What separates the parts of a key.
const SEPARATOR: &str = " | ";

pub(crate) fn how(section: &str) -> Match {
    match section {
        "BIOS" | "HARDWARE" | "OPERATINGSYSTEM" | "CPUS" => Match::Position,
        "BATTERIES" => Match::Fields(&[&["NAME"], &["SERIAL"]]),
        "CONTROLLERS" => Match::Fields(&[&["PCISLOT", "NAME"]]),
        "DRIVES" => Match::Fields(&[&["TYPE", "VOLUMN"]]),
        "ENVS" => Match::Fields(&[&["KEY"]]),
        "INPUTS" | "PORTS" | "SOUNDS" | "VIDEOS" | "VIRTUALMACHINES" => Match::Fields(&[&["NAME", "CAPTION"]]),
        "LOCAL_GROUPS" => Match::Fields(&[&["NAME"]]),
        "LOCAL_USERS" => Match::Fields(&[&["LOGIN"]]),
        "LOGICAL_VOLUMES" => Match::Fields(&[&["VG_NAME"], &["LV_NAME"]]),
        "MEMORIES" => Match::Fields(&[&["CAPTION", "NUMSLOTS"]]),
        "MONITORS" => Match::Fields(&[&["SERIAL", "CAPTION"]]),
        "NETWORKS" => Match::Fields(&[&["DESCRIPTION"], &["IPADDRESS", "IPADDRESS6"]]),
        "PHYSICAL_VOLUMES" => Match::Fields(&[&["DEVICE"]]),
        "PROCESSES" => Match::KeysOnly(&[&["PID"], &["CMD"]]),
        "SLOTS" => Match::Fields(&[&["NAME", "DESIGNATION"]]),
        "SOFTWARES" => Match::Fields(&[&["NAME"], &["ARCH"]]),
        "STORAGES" => Match::Fields(&[&["NAME"]]),
        "USBDEVICES" => Match::Fields(&[&["VENDORID"], &["PRODUCTID"], &["SERIAL"]]),
        "USERS" => Match::Fields(&[&["LOGIN"]]),
        "VOLUME_GROUPS" => Match::Fields(&[&["VG_NAME"]]),
        _ => Match::Count,
    }
}

impl Match {
    /// For people: `NAME + ARCH`.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Fields(parts) | Self::KeysOnly(parts) => {
                parts.iter().map(|fields| fields.join(" or ")).collect::<Vec<_>>().join(" + ")
            }
            Self::Position => "position".to_owned(),
            Self::Count => "count".to_owned(),
        }
    }

    /// The row's key, or none when rows are only counted. Hexadecimal identifiers are the same in either case.
    pub(crate) fn key(self, row: &Row, position: usize) -> Option<String> {
        match self {
            Self::Fields(parts) | Self::KeysOnly(parts) => {
                Some(parts.iter().map(|fields| part(row, fields)).collect::<Vec<_>>().join(SEPARATOR))
            }
            Self::Position => Some(format!("#{}", position.saturating_add(1))),
            Self::Count => None,
        }
    }
}

fn part(row: &Row, fields: &[&str]) -> String {
    let Some((name, values)) = fields.iter().find_map(|name| row.get_key_value(*name)) else {
        return "-".to_owned();
    };
    let value = values.join(", ");
    match name.as_str() {
        "VENDORID" | "PRODUCTID" | "PCISLOT" => value.to_lowercase(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[(&str, &str)]) -> Row {
        fields.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
    }

    #[test]
    fn keys_are_made_of_the_fields_that_are_there() {
        let six = row(&[("DESCRIPTION", "eth0"), ("IPADDRESS6", "::1")]);
        assert_eq!(how("NETWORKS").key(&six, 0).unwrap(), "eth0 | ::1");
        let usb = row(&[("VENDORID", "1D6B"), ("PRODUCTID", "0002")]);
        assert_eq!(how("USBDEVICES").key(&usb, 0).unwrap(), "1d6b | 0002 | -");
        assert_eq!(how("CPUS").key(&Row::new(), 1).unwrap(), "#2");
        assert_eq!(how("SOMETHING").key(&usb, 0), None);
    }

    #[test]
    fn keys_in_words() {
        assert_eq!(how("SOFTWARES").words(), "NAME + ARCH");
        assert_eq!(how("NETWORKS").words(), "DESCRIPTION + IPADDRESS or IPADDRESS6");
    }
}
