//! Hardware addresses that the members of a bond have of their own: as long as they are in it, they show the bond's
//! (Documentation/networking/bonding.rst).

use crate::Scan;
use std::collections::HashMap;

const FOLDER: &str = "/proc/net/bonding";

/// The permanent address by member.
pub(super) fn permanent(scan: &Scan<'_>) -> HashMap<String, String> {
    let mut known = HashMap::new();
    for bond in scan.names(FOLDER) {
        members(&scan.text(format!("{FOLDER}/{bond}")).unwrap_or_default(), &mut known);
    }
    known
}

fn members(text: &str, known: &mut HashMap<String, String>) {
    let mut member = None;
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        match name {
            "Slave Interface" => member = Some(value.trim()),
            "Permanent HW addr" => {
                if let Some(member) = member.take() {
                    known.insert(member.to_owned(), value.trim().to_ascii_lowercase());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_have_their_own_addresses() {
        let text = "Bonding Mode: load balancing\nMII Status: up\n\nSlave Interface: e0\nMII Status: up\n\
                    Permanent HW addr: 52:54:00:AA:00:03\nSlave queue ID: 0\n\nSlave Interface: e1\n\
                    Permanent HW addr: 52:54:00:aa:00:04\nPermanent HW addr: 0\nno line\n";
        let mut known = HashMap::new();
        members(text, &mut known);
        assert_eq!(known.len(), 2);
        assert_eq!(known["e0"], "52:54:00:aa:00:03");
        assert_eq!(known["e1"], "52:54:00:aa:00:04");
    }
}
