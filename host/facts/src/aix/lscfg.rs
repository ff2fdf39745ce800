//! Hardware addresses of interfaces, from `lscfg -v -l "en*"` (lscfg): a line for the adapter, lines with dots for what it
//! says of itself.

use crate::units::hardware_address;

const MOST: usize = 16_384;

/// Interface (`en0`, on the adapter `ent0`) and address.
pub fn hardware_addresses(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut interface = None;
    for line in text.lines() {
        let first = line.split_ascii_whitespace().next().unwrap_or_default();
        if let Some(number) = first.strip_prefix("ent").filter(|rest| !rest.is_empty())
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            interface = Some(format!("en{number}"));
        } else if let Some((_, address)) = line.split_once("Network Address")
            && let Some(address) = hardware_address(address.trim_start_matches('.'))
            && let Some(interface) = interface.take()
            && found.len() < MOST
        {
            found.push((interface, address));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_the_adapter_above_it() {
        let found = hardware_addresses(
            "  ent1   U1-P1  Lab Adapter\n\n    Lab:\n      Network Address.............00010203040A\n      ROM.....1\n  fcs0  U1\n      Network Address.............1\n  ent2 U1\n      Network Address.............é\n",
        );
        assert_eq!(found, [("en1".to_owned(), "00:01:02:03:04:0a".to_owned())]);
    }
}
