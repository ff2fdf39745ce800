//! What iw(8) and iwconfig(8) know of a wireless interface.

use airlock_model::Row;

/// The network that it is in, and how.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Wireless {
    pub ssid: Option<String>,
    /// The access point's hardware address.
    pub bssid: Option<String>,
    /// In iwconfig's words: `Managed`, `Ad-Hoc`, `Master` …
    pub mode: Option<String>,
    /// `802.11ac`.
    pub version: Option<String>,
    /// What it sends at most for now, in Mbit/s.
    pub speed: Option<u64>,
}

impl Wireless {
    pub fn row(&self) -> Row {
        let mut row = Row::new();
        row.maybe("wifi_ssid", self.ssid.as_deref())
            .maybe("wifi_bssid", self.bssid.as_deref())
            .maybe("wifi_mode", self.mode.as_deref())
            .maybe("wifi_version", self.version.as_deref())
            .maybe("speed", self.speed.filter(|speed| *speed > 0).map(|speed| speed.to_string()));
        row
    }
}
