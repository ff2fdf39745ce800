//! Interfaces, from `ifconfig` of the BSDs, Solaris and HP-UX (ifconfig(8), ifconfig(1M)): a line that begins with the
//! interface's name and flags, indented lines with addresses and the medium.

use crate::units::{hardware_address, hexadecimal_ip4, mask4, mask6};
use airlock_model::Row;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// More interfaces, and addresses of one, than a machine has.
const MOST: usize = 16_384;
const MOST_ADDRESSES: usize = 4096;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    /// `UP`, `LOOPBACK` …
    pub flags: Vec<String>,
    pub mtu: Option<u32>,
    pub mac: Option<String>,
    pub addresses: Vec<Address>,
    /// What the line `media:` says.
    pub media: Option<String>,
    pub wifi: Option<Wifi>,
}

/// An address and the mask of its network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub ip: IpAddr,
    pub mask: Option<IpAddr>,
}

/// The network that a wireless interface has joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wifi {
    pub ssid: String,
    pub bssid: Option<String>,
    /// `802.11g`.
    pub version: Option<String>,
}

impl Interface {
    pub fn is_up(&self) -> bool {
        self.flags.iter().any(|flag| flag == "UP")
    }

    pub fn is_loopback(&self) -> bool {
        self.flags.iter().any(|flag| flag == "LOOPBACK")
    }

    /// What the medium makes of it: `ethernet`, `wifi`.
    fn kind(&self) -> Option<&'static str> {
        let media = self.media.as_deref()?;
        if media.contains("802.11") || media.contains("Wireless") {
            Some("wifi")
        } else {
            media.starts_with("Ethernet").then_some("ethernet")
        }
    }
}

impl Address {
    /// Sets the fields of an address: it, its mask and its network.
    pub fn fill(&self, row: &mut Row) {
        let network = self.mask.and_then(|mask| network(self.ip, mask));
        let (ip, mask, subnet) = match self.ip {
            IpAddr::V4(_) => ("ipaddress", "ipmask", "ipsubnet"),
            IpAddr::V6(_) => ("ipaddress6", "ipmask6", "ipsubnet6"),
        };
        row.set(ip, self.ip.to_string());
        row.maybe(mask, self.mask.map(|mask| mask.to_string()));
        row.maybe(subnet, network.map(|network| network.to_string()));
    }
}

fn network(ip: IpAddr, mask: IpAddr) -> Option<IpAddr> {
    match (ip, mask) {
        (IpAddr::V4(ip), IpAddr::V4(mask)) => Some(Ipv4Addr::from(u32::from(ip) & u32::from(mask)).into()),
        (IpAddr::V6(ip), IpAddr::V6(mask)) => Some(Ipv6Addr::from(u128::from(ip) & u128::from(mask)).into()),
        _ => None,
    }
}

/// Every interface in the tool's order; with several addresses it is one.
pub fn interfaces(text: &str) -> Vec<Interface> {
    let mut found: Vec<Interface> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '\t']) {
            if let Some(interface) = heading(line) {
                if found.len() == MOST {
                    break;
                }
                found.push(interface);
            }
        } else if let Some(last) = found.last_mut() {
            detail(last, line.trim());
        }
    }
    found
}

/// `net0: flags=8843<UP,BROADCAST> metric 0 mtu 1500`; the name itself may have a colon.
fn heading(line: &str) -> Option<Interface> {
    let (name, rest) = line.split_once(": ")?;
    let flags = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(flags, _)| flags);
    Some(Interface {
        name: name.to_owned(),
        flags: flags.split(',').filter(|flag| !flag.is_empty()).take(64).map(str::to_owned).collect(),
        mtu: after(rest, "mtu").and_then(|mtu| mtu.parse().ok()),
        ..Interface::default()
    })
}

fn detail(interface: &mut Interface, line: &str) {
    let mut words = line.split_ascii_whitespace();
    let (word, value) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match word {
        "inet" | "inet6" if interface.addresses.len() < MOST_ADDRESSES => {
            interface.addresses.extend(address(word, value, line));
        }
        // Other links have addresses of other kinds there, between dots.
        "ether" | "lladdr" if value.contains(':') => interface.mac = hardware_address(value),
        "media:" => interface.media = line.strip_prefix("media:").map(|media| media.trim().to_owned()),
        "ssid" => interface.wifi = wifi(line),
        _ => {}
    }
}

/// `inet 192.0.2.1 netmask 0xffffff00`, `inet 192.0.2.1 netmask ffffff00`, `inet6 fe80::1%em0 prefixlen 64`,
/// `inet6 fe80::1/64`.
fn address(family: &str, value: &str, line: &str) -> Option<Address> {
    let (value, length) = value.split_once('/').map_or((value, None), |(value, length)| (value, Some(length)));
    if family == "inet" {
        let ip: Ipv4Addr = value.parse().ok()?;
        let mask = match length {
            Some(length) => length.parse().ok().and_then(mask4),
            None => after(line, "netmask").and_then(netmask),
        };
        return Some(Address { ip: ip.into(), mask: mask.map(IpAddr::from) });
    }
    let ip: Ipv6Addr = value.split('%').next()?.parse().ok()?;
    let mask = length.or_else(|| after(line, "prefixlen")).and_then(|length| mask6(length.parse().ok()?));
    Some(Address { ip: ip.into(), mask: mask.map(IpAddr::from) })
}

fn netmask(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok().or_else(|| hexadecimal_ip4(text))
}

/// `ssid "Lab net" channel 7 (2442 MHz 11g) bssid 00:01:02:03:04:05`.
fn wifi(line: &str) -> Option<Wifi> {
    let rest = line.strip_prefix("ssid")?.trim_start();
    let (ssid, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_once(' ').unwrap_or((rest, "")),
    };
    // An interface that has joined none has an empty name there.
    if ssid.is_empty() || ssid == "channel" {
        return None;
    }
    let mode =
        rest.split_once('(').and_then(|(_, rest)| rest.split_once(')')).and_then(|(mode, _)| mode.rsplit(' ').next());
    Some(Wifi {
        ssid: ssid.to_owned(),
        bssid: after(rest, "bssid").and_then(hardware_address),
        version: mode.filter(|mode| mode.starts_with("11")).map(|mode| format!("802.{mode}")),
    })
}

/// The word behind another one.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut words = text.split_ascii_whitespace();
    words.find(|one| *one == word)?;
    words.next()
}

/// A row an address, or one for an interface that has none.
pub fn rows(interfaces: &[Interface]) -> Vec<Row> {
    let mut rows = Vec::new();
    for interface in interfaces {
        let mut row = Row::new().with("description", interface.name.as_str());
        row.set("status", if interface.is_up() { "Up" } else { "Down" });
        row.maybe("mtu", interface.mtu).maybe("mac", interface.mac.as_deref());
        row.maybe("type", interface.kind().or(interface.is_loopback().then_some("loopback")));
        if let Some(wifi) = &interface.wifi {
            row.set("wifi_ssid", wifi.ssid.as_str()).maybe("wifi_bssid", wifi.bssid.as_deref());
            row.maybe("wifi_version", wifi.version.as_deref());
        }
        for address in &interface.addresses {
            let mut row = row.clone();
            address.fill(&mut row);
            rows.push(row);
        }
        if interface.addresses.is_empty() {
            rows.push(row);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_has_a_row_for_each_address() {
        let found = interfaces(
            "em0: flags=8843<UP,BROADCAST> metric 0 mtu 1500\n\tether 00:01:02:03:04:05\n\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255\n\tinet6 fe80::1%em0 prefixlen 64 scopeid 0x1\n\tmedia: Ethernet autoselect (1000baseT <full-duplex>)\n\tstatus: active\nwlan0: flags=8802<BROADCAST> mtu 1500\n\tmedia: IEEE 802.11 Wireless Ethernet OFDM/48Mbps mode 11g\n\tssid \"Lab net\" channel 7 (2442 MHz 11g) bssid 00:07:01:02:03:04\nlo0: flags=8049<UP,LOOPBACK> mtu 16384\n\tinet 127.0.0.1 netmask 0xff000000\n",
        );
        let rows = rows(&found);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0].text("ipsubnet"), Some("192.0.2.0"));
        assert_eq!(rows[0].text("type"), Some("ethernet"));
        assert_eq!(rows[1].text("ipmask6"), Some("ffff:ffff:ffff:ffff::"));
        assert_eq!(rows[2].text("wifi_ssid"), Some("Lab net"));
        assert_eq!(rows[2].text("wifi_version"), Some("802.11g"));
        assert_eq!(rows[2].text("status"), Some("Down"));
        assert_eq!(rows[3].text("type"), Some("loopback"));
    }

    #[test]
    fn what_is_no_address_is_left_out() {
        let found = interfaces(
            "x: flags=<\n\tinet é netmask\n\tinet 1.2.3.4/33\n\tinet6 ::1/129\n\tether 1:2\n\tssid channel 1\nno heading\n",
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].addresses.len(), 2);
        assert!(found[0].addresses.iter().all(|address| address.mask.is_none()));
        assert_eq!(rows(&found).len(), 2);
    }
}
