//! iw(8): `iw dev X info` and `iw dev X link`, which say together what iwconfig(8) said.
//!
//! The standard in use is told by the kind of rate and by the frequency: iw does not name it.

use super::wireless::Wireless;
use crate::units;

/// An interface, from the two outputs; either may be empty.
pub fn interface(info: &str, link: &str) -> Wireless {
    let value = |text: &str, key: &str| -> Option<String> {
        let line =
            text.lines().take(256).map(str::trim).find_map(|line| line.strip_prefix(key)?.strip_prefix([' ', ':']))?;
        Some(line.trim_start_matches(':').trim().to_owned()).filter(|value| !value.is_empty())
    };
    let rates = || [value(link, "tx bitrate"), value(link, "rx bitrate")].into_iter().flatten();
    let frequency = value(link, "freq").and_then(|text| text.split('.').next()?.parse::<u32>().ok());
    let bssid =
        link.trim_start().strip_prefix("Connected to ").or_else(|| link.trim_start().strip_prefix("Joined IBSS "));
    Wireless {
        ssid: value(link, "SSID").or_else(|| value(info, "ssid")).map(|name| unescaped(&name)),
        bssid: bssid.and_then(|rest| units::hardware_address(rest.split_whitespace().next()?)),
        mode: value(info, "type").map(|kind| mode(&kind)),
        version: frequency.map(|frequency| standard(&rates().collect::<Vec<_>>().join(" "), frequency).to_owned()),
        speed: rates().filter_map(|rate| units::link_speed(&rate)).max(),
    }
}

/// The interface types of nl80211 in the words of iwconfig, which servers know.
fn mode(kind: &str) -> String {
    match kind {
        "managed" | "P2P-client" => "Managed",
        "IBSS" => "Ad-Hoc",
        "AP" | "P2P-GO" | "AP/VLAN" => "Master",
        "monitor" => "Monitor",
        "mesh point" => "Mesh",
        "WDS" => "Repeater",
        other => other,
    }
    .to_owned()
}

fn standard(rates: &str, frequency: u32) -> &'static str {
    let has = |word: &str| rates.split_whitespace().any(|known| known.starts_with(word));
    match frequency {
        _ if has("EHT-") => "802.11be",
        _ if has("HE-") => "802.11ax",
        _ if has("VHT-") => "802.11ac",
        _ if has("MCS") => "802.11n",
        57_000.. => "802.11ad",
        4_900.. => "802.11a",
        _ => "802.11g",
    }
}

/// iw writes bytes that are not printable, and the backslash, as `\x5c`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.extend_from_slice(b"\\x");
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_in_a_network() {
        let info = "Interface wl0\n\tifindex 3\n\taddr 02:00:00:00:00:09\n\tssid lab\n\ttype managed\n\twiphy 0\n";
        let link = "Connected to 02:ab:00:00:00:01 (on wl0)\n\tSSID: lab \\xc3\\xa9\\x5c\n\tfreq: 5180.0\n\trx bitrate: 6.0 MBit/s\n\ttx bitrate: 866.7 MBit/s VHT-MCS 9 80MHz\n";
        let found = interface(info, link);
        assert_eq!((found.ssid.as_deref(), found.bssid.as_deref()), (Some("lab é\\"), Some("02:ab:00:00:00:01")));
        assert_eq!(
            (found.mode.as_deref(), found.version.as_deref(), found.speed),
            (Some("Managed"), Some("802.11ac"), Some(866))
        );
        let row = found.row();
        assert_eq!((row.text("wifi_version"), row.text("speed")), (Some("802.11ac"), Some("866")));
    }

    #[test]
    fn an_interface_in_none() {
        let found = interface("Interface wl0\n\ttype AP\n\tssid own\n", "Not connected.\n");
        assert_eq!(
            (found.ssid.as_deref(), found.bssid, found.mode.as_deref(), found.version),
            (Some("own"), None, Some("Master"), None)
        );
        assert_eq!(interface("", ""), Wireless::default());
        assert_eq!(unescaped("\\x\\xg1\\x4"), "\\x\\xg1\\x4");
    }
}
