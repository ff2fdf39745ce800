//! Firmware, machine and board, from `smbios` (smbios(1M)), which writes out the structures of SMBIOS.

use airlock_model::Row;

const MOST: usize = 8192;

/// One structure: what it is (`SMB_TYPE_SYSTEM`) and its named values. What is empty is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Structure {
    pub kind: String,
    pub values: Vec<(String, String)>,
}

impl Structure {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub fn structures(text: &str) -> Vec<Structure> {
    let mut found: Vec<Structure> = Vec::new();
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_ascii_digit()) {
            // `1     72   SMB_TYPE_SYSTEM (type 1) (system information)`
            let kind = line.split_ascii_whitespace().nth(2).filter(|kind| kind.starts_with("SMB_TYPE_"));
            if let Some(kind) = kind {
                if found.len() == MOST {
                    break;
                }
                found.push(Structure { kind: kind.to_owned(), values: Vec::new() });
            }
        } else if let Some((name, value)) = line.strip_prefix("  ").and_then(|line| line.split_once(':'))
            && let Some(last) = found.last_mut()
            && !name.starts_with([' ', '\t'])
            && !value.trim().is_empty()
        {
            last.values.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    found.retain(|one| !one.values.is_empty());
    found
}

/// The section `bios`.
pub fn bios(structures: &[Structure]) -> Row {
    let mut row = Row::new();
    let fields = [
        ("bmanufacturer", "SMB_TYPE_BIOS", "Vendor"),
        ("bversion", "SMB_TYPE_BIOS", "Version String"),
        ("smanufacturer", "SMB_TYPE_SYSTEM", "Manufacturer"),
        ("smodel", "SMB_TYPE_SYSTEM", "Product"),
        ("ssn", "SMB_TYPE_SYSTEM", "Serial Number"),
        ("skunumber", "SMB_TYPE_SYSTEM", "SKU Number"),
        ("mmanufacturer", "SMB_TYPE_BASEBOARD", "Manufacturer"),
        ("mmodel", "SMB_TYPE_BASEBOARD", "Product"),
        ("msn", "SMB_TYPE_BASEBOARD", "Serial Number"),
        ("enclosureserial", "SMB_TYPE_CHASSIS", "Serial Number"),
        ("assettag", "SMB_TYPE_CHASSIS", "Asset Tag"),
    ];
    for (field, kind, name) in fields {
        row.maybe(field, value(structures, kind, name));
    }
    row.maybe("bdate", value(structures, "SMB_TYPE_BIOS", "Release Date").and_then(crate::units::month_first));
    row
}

fn value<'a>(structures: &'a [Structure], kind: &str, name: &str) -> Option<&'a str> {
    structures.iter().find(|one| one.kind == kind)?.get(name).filter(|value| *value != "<unknown>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_become_the_row_of_the_firmware() {
        let found = structures(
            "ID    SIZE TYPE\n0     54   SMB_TYPE_BIOS (type 0) (BIOS information)\n\n  Vendor: Lab\n  Release Date: 12/31/2006\n  Characteristics: 0x1\n\tSMB_BIOSFL_PCI (PCI: is supported)\n\nID    SIZE TYPE\n1     72   SMB_TYPE_SYSTEM (system information)\n\n  Product: One\n  Family: \n  SKU Number: <unknown>\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].values.len(), 3);
        let row = bios(&found);
        assert_eq!(row.text("bdate"), Some("2006-12-31"));
        assert_eq!(row.text("smodel"), Some("One"));
        assert_eq!(row.text("skunumber"), None);
        assert!(bios(&structures("1 2\n  :\n0 0 SMB_TYPE_BIOS\n  Release Date: é/é/é\n")).is_empty());
    }
}
