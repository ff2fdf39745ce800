//! ethtool(8): what drives an interface (`ethtool -i`), how its link is (`ethtool X`), and the address that its card was
//! made with (`ethtool -P`).

use crate::units;
use airlock_model::Row;

/// What one or more of its outputs say of an interface.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ethtool {
    pub driver: Option<String>,
    /// Of the card's own software.
    pub firmware: Option<String>,
    /// The place on the PCI bus, or another bus' word for it.
    pub bus: Option<String>,
    /// In Mbit/s.
    pub speed: Option<u64>,
    pub link: Option<bool>,
    pub permanent_address: Option<String>,
}

impl Ethtool {
    /// Reads an output; several may be joined.
    pub fn parse(text: &str) -> Self {
        let mut found = Self::default();
        for line in text.lines().take(4096) {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = Some(value.trim()).filter(|value| !matches!(*value, "" | "N/A"));
            let text = || value.map(str::to_owned);
            match key.trim().to_ascii_lowercase().as_str() {
                "driver" => found.driver = text(),
                "firmware-version" => found.firmware = text(),
                "bus-info" => found.bus = text(),
                "speed" => found.speed = value.and_then(units::link_speed),
                "link detected" => found.link = value.map(|value| value.starts_with("yes")),
                "permanent address" => found.permanent_address = value.and_then(units::hardware_address),
                _ => {}
            }
        }
        // An interface without a card has no address that it was made with.
        found.permanent_address = found.permanent_address.filter(|mac| mac.bytes().any(|b| !matches!(b, b'0' | b':')));
        found
    }

    pub fn row(&self) -> Row {
        let is_pci = |bus: &&str| bus.split([':', '.']).count() == 4;
        let mut row = Row::new();
        row.maybe("driver", self.driver.as_deref())
            .maybe("firmware", self.firmware.as_deref())
            .maybe("pcislot", self.bus.as_deref().filter(is_pci))
            .maybe("speed", self.speed.filter(|speed| *speed > 0).map(|speed| speed.to_string()))
            .maybe("mac", self.permanent_address.as_deref());
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outputs_together() {
        let text = "driver: labnic\nversion: 6.1\nfirmware-version: 1.2.3, 0x80000001\nexpansion-rom-version: \nbus-info: 0000:03:00.1\n\
                    Settings for e0:\n\tSupported ports: [ TP ]\n\tSpeed: 2500Mb/s\n\tLink detected: yes\nPermanent address: 02:00:00:00:00:0A\n";
        let found = Ethtool::parse(text);
        assert_eq!((found.link, found.speed), (Some(true), Some(2500)));
        let row = found.row();
        let fields = ["driver", "firmware", "pcislot", "speed", "mac"].map(|field| row.text(field));
        assert_eq!(
            fields,
            [Some("labnic"), Some("1.2.3, 0x80000001"), Some("0000:03:00.1"), Some("2500"), Some("02:00:00:00:00:0a")]
        );
    }

    #[test]
    fn nothing_known() {
        let text = "firmware-version: N/A\nbus-info: usb-1\nSpeed: Unknown!\nLink detected: no (No cable)\nPermanent address: 00:00:00:00:00:00\n";
        let found = Ethtool::parse(text);
        assert_eq!((found.link, found.speed, found.permanent_address.as_deref()), (Some(false), None, None));
        assert!(found.row().is_empty());
        assert_eq!(Ethtool::parse("::\n:"), Ethtool::default());
    }
}
