//! The first word of a description: nearly always the maker.

const NETWORKING: &str = "NETWORKING";
const PRINTER: &str = "PRINTER";
const STORAGE: &str = "STORAGE";
const COMPUTER: &str = "COMPUTER";
const MANY: &str = "";

/// Word in lower case, maker, type (none where the maker's devices are of many).
const WORDS: &[(&str, &str, &str)] = &[
    ("3com", "3Com", NETWORKING),
    ("alcatel-lucent", "Alcatel-Lucent", NETWORKING),
    ("allied", "Allied", NETWORKING),
    ("alteon", "Alteon", NETWORKING),
    ("apc", "APC", NETWORKING),
    ("apple", "Apple", MANY),
    ("avaya", "Avaya", MANY),
    ("axis", "Axis", NETWORKING),
    ("baystack", "Nortel", NETWORKING),
    ("broadband", "Broadband", NETWORKING),
    ("brocade", "Brocade", NETWORKING),
    ("brother", "Brother", PRINTER),
    ("canon", "Canon", PRINTER),
    ("cisco", "Cisco", NETWORKING),
    ("d-link", "D-Link", NETWORKING),
    ("dell", "Dell", MANY),
    ("designjet", "Hewlett-Packard", PRINTER),
    ("deskjet", "Hewlett-Packard", PRINTER),
    ("eaton", "Eaton", NETWORKING),
    ("emc", "EMC", STORAGE),
    ("enterasys", "Enterasys", NETWORKING),
    ("epson", "Epson", PRINTER),
    ("extreme", "Extreme", NETWORKING),
    ("extremexos", "Extreme", NETWORKING),
    ("force10", "Force10", NETWORKING),
    ("foundry", "Foundry", NETWORKING),
    ("fuji", "Fuji", NETWORKING),
    ("h3c", "H3C", NETWORKING),
    ("hp", "Hewlett-Packard", MANY),
    ("ibm", "IBM", COMPUTER),
    ("juniper", "Juniper", NETWORKING),
    ("konica", "Konica", PRINTER),
    ("kyocera", "Kyocera", PRINTER),
    ("lancom", "Lancom", NETWORKING),
    ("lexmark", "Lexmark", PRINTER),
    ("netapp", "NetApp", STORAGE),
    ("netgear", "Netgear", NETWORKING),
    ("nortel", "Nortel", NETWORKING),
    ("nrg", "NRG", PRINTER),
    ("officejet", "Hewlett-Packard", PRINTER),
    ("oki", "Oki", PRINTER),
    ("powerconnect", "PowerConnect", NETWORKING),
    ("procurve", "Hewlett-Packard", NETWORKING),
    ("ricoh", "Ricoh", PRINTER),
    ("sagem", "Sagem", NETWORKING),
    ("samsung", "Samsung", PRINTER),
    ("sharp", "Sharp", PRINTER),
    ("toshiba", "Toshiba", PRINTER),
    ("wyse", "Wyse", COMPUTER),
    ("xerox", "Xerox", PRINTER),
    ("xirrus", "Xirrus", NETWORKING),
    ("zebranet", "Zebranet", PRINTER),
    ("ztc", "ZTC", NETWORKING),
    ("zywall", "ZyWall", NETWORKING),
];

/// Maker and type by the first word of `description`; the type is empty where the word does not say.
pub(super) fn find(description: &str) -> Option<(&'static str, &'static str)> {
    let word = description.split_whitespace().next()?.to_lowercase();
    let at = WORDS.binary_search_by_key(&word.as_str(), |(known, _, _)| known).ok()?;
    WORDS.get(at).map(|(_, maker, kind)| (*maker, *kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_finds() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(find("ProCurve Switch 9999"), Some(("Hewlett-Packard", "NETWORKING")));
        assert_eq!(find("  HP something"), Some(("Hewlett-Packard", "")));
        assert_eq!(find("Invented"), None);
        assert_eq!(find(""), None);
    }
}
