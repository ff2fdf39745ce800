//! iwconfig(8) of wireless-tools.

use super::wireless::Wireless;
use crate::units;

/// More interfaces than any machine has.
const MOST: usize = 4096;

/// The wireless interfaces, by name; others say that they have no wireless extensions and are left out.
pub fn interfaces(text: &str) -> Vec<(String, Wireless)> {
    let mut found: Vec<(String, Wireless)> = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        if !line.is_empty() && !line.starts_with(char::is_whitespace) {
            let end = line.find(char::is_whitespace).unwrap_or(line.len());
            let Some((name, after)) = line.split_at_checked(end) else { continue };
            if found.len() == MOST {
                break;
            }
            found.push((name.to_owned(), Wireless::default()));
            rest = after;
        }
        if let Some((_, wireless)) = found.last_mut() {
            read(wireless, rest.trim());
        }
    }
    found.retain(|(_, wireless)| *wireless != Wireless::default());
    found
}

fn read(wireless: &mut Wireless, line: &str) {
    // The network's name may have anything in it: what follows it is read apart from it.
    let (before, after) = match line.split_once("ESSID:") {
        Some((before, name)) => match name.strip_prefix('"').and_then(|name| name.rsplit_once('"')) {
            Some((name, after)) => {
                wireless.ssid = Some(name.to_owned()).filter(|name| !name.is_empty());
                (before, after)
            }
            None => (before, ""),
        },
        None => (line, ""),
    };
    for part in [before, after] {
        if let Some(version) = part.split_whitespace().find(|word| word.starts_with("802.11")) {
            wireless.version = Some(version.to_owned());
        }
        if let Some((_, mode)) = part.split_once("Mode:") {
            wireless.mode = mode.split_whitespace().next().map(str::to_owned);
        }
        if let Some((_, address)) = part.split_once("Access Point:").or_else(|| part.split_once("Cell:")) {
            wireless.bssid = address.split_whitespace().next().and_then(units::hardware_address);
        }
        if let Some((_, rate)) = part.split_once("Bit Rate").filter(|(_, rate)| rate.starts_with([':', '='])) {
            let rate = rate.trim_start_matches([':', '=']).split("  ").next().unwrap_or_default();
            wireless.speed = units::link_speed(rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_in_a_network_and_out_of_one() {
        let text = "lo        no wireless extensions.\n\nwl0       IEEE 802.11bgn  ESSID:\"a Mode:\"lab\"  \n          Mode:Managed  Frequency:2.437 GHz  Access Point: 02:AB:00:00:00:01   \n          \
                    Bit Rate=72.2 Mb/s   Tx-Power=20 dBm   \n          Link Quality=50/70\n\nwl1       IEEE 802.11abgn  ESSID:off/any  \n          Mode:Managed  Access Point: Not-Associated   Tx-Power=0 dBm\n";
        let found = interfaces(text);
        assert_eq!(found.len(), 2);
        let expected = Wireless {
            ssid: Some("a Mode:\"lab".to_owned()),
            bssid: Some("02:ab:00:00:00:01".to_owned()),
            mode: Some("Managed".to_owned()),
            version: Some("802.11bgn".to_owned()),
            speed: Some(72),
        };
        assert_eq!(found[0], ("wl0".to_owned(), expected));
        assert_eq!((found[1].1.ssid.as_deref(), found[1].1.bssid.as_deref()), (None, None));
        assert!(interfaces("").is_empty());
        assert!(interfaces("x ESSID:\"\n\" Mode:\n").is_empty());
    }
}
