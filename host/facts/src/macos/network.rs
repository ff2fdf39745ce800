//! Network interfaces, from `ifconfig -a`, with the names that `networksetup -listallhardwareports` gives to those of
//! hardware.

mod rows;

pub use rows::rows;

use std::net::{Ipv4Addr, Ipv6Addr};

/// Interfaces and addresses that are kept.
const INTERFACES: usize = 4096;
const ADDRESSES: usize = 1024;

/// A hardware port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Port {
    /// The interface's name: `en0`.
    pub device: String,
    /// `Wi-Fi`, `Thunderbolt 1`.
    pub name: String,
    /// As it is printed, which may be with a blank behind it, or in words.
    pub mac: Option<String>,
}

/// An IPv4 address with its mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inet {
    pub address: Ipv4Addr,
    pub mask: Option<Ipv4Addr>,
}

/// An IPv6 address with the length of its prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inet6 {
    pub address: Ipv6Addr,
    pub prefix: Option<u8>,
    /// As it is printed, without the zone.
    pub text: String,
}

/// An interface as ifconfig(8) prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    /// The flag UP.
    pub up: bool,
    pub loopback: bool,
    /// What the line `status:` says; absent without one.
    pub active: Option<bool>,
    pub mtu: Option<u32>,
    pub mac: Option<String>,
    pub inet: Vec<Inet>,
    pub inet6: Vec<Inet6>,
    /// Mbit/s, of the link as it is now.
    pub speed: Option<u32>,
    /// Interfaces that this one is made of.
    pub members: Vec<String>,
}

/// Reads what ifconfig(8) prints.
pub fn interfaces(text: &str) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '\t']) {
            match header(line) {
                Some(interface) if interfaces.len() < INTERFACES => interfaces.push(interface),
                _ => {}
            }
        } else if let Some(interface) = interfaces.last_mut() {
            property(interface, line.trim());
        }
    }
    interfaces
}

/// `en0: flags=8863<UP,BROADCAST,RUNNING> mtu 1500`.
fn header(line: &str) -> Option<Interface> {
    let (name, rest) = line.split_once(": ")?;
    let flags = rest.strip_prefix("flags=")?.split_once('<')?.1.split_once('>')?.0;
    let flag = |wanted: &str| flags.split(',').any(|flag| flag == wanted);
    let mtu = rest.split_once(" mtu ").and_then(|(_, mtu)| mtu.split_whitespace().next()?.parse().ok());
    Some(Interface { name: name.to_owned(), up: flag("UP"), loopback: flag("LOOPBACK"), mtu, ..Interface::default() })
}

fn property(interface: &mut Interface, line: &str) {
    let mut words = line.split_whitespace();
    let (Some(what), Some(value)) = (words.next(), words.next()) else { return };
    let after = |name: &str| line.split_whitespace().skip_while(|word| *word != name).nth(1);
    match what {
        "ether" | "lladdr" => interface.mac = Some(value.to_owned()),
        "inet" if interface.inet.len() < ADDRESSES => {
            if let Ok(address) = value.parse() {
                interface.inet.push(Inet { address, mask: after("netmask").and_then(mask) });
            }
        }
        "inet6" if interface.inet6.len() < ADDRESSES => {
            let text = value.split(['%', '/']).next().unwrap_or(value);
            if let Ok(address) = text.parse() {
                let prefix = after("prefixlen").and_then(|prefix| prefix.parse().ok()).filter(|&bits| bits <= 128);
                interface.inet6.push(Inet6 { address, prefix, text: text.to_owned() });
            }
        }
        "status:" => interface.active = Some(value == "active"),
        "media:" => interface.speed = speed(line),
        "member:" if interface.members.len() < ADDRESSES => interface.members.push(value.to_owned()),
        _ => {}
    }
}

/// A mask as `0xffffff00`, or with dots.
fn mask(text: &str) -> Option<Ipv4Addr> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok().map(Ipv4Addr::from),
        None => text.parse().ok(),
    }
}

/// The speed of a medium: `100baseTX`, `10GbaseT`, `2500Base-T`.
fn speed(line: &str) -> Option<u32> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).find_map(|word| {
        let digits = word.find(|c: char| !c.is_ascii_digit()).filter(|&end| end > 0)?;
        let (number, kind) = word.split_at_checked(digits)?;
        let number: u32 = number.parse().ok()?;
        let kind = kind.to_ascii_lowercase();
        match kind.strip_prefix('g') {
            Some(rest) if rest.starts_with("base") => number.checked_mul(1000),
            _ if kind.starts_with("base") => Some(number),
            _ => None,
        }
    })
}

/// Reads what networksetup(8) lists as hardware ports.
pub fn ports(text: &str) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::new();
    for line in text.lines() {
        match line.split_once(": ") {
            Some(("Hardware Port", name)) if ports.len() < INTERFACES => {
                ports.push(Port { name: name.trim().to_owned(), ..Port::default() });
            }
            Some(("Device", device)) => {
                if let Some(port) = ports.last_mut() {
                    port.device = device.trim().to_owned();
                }
            }
            Some(("Ethernet Address", address)) => {
                if let Some(port) = ports.last_mut() {
                    port.mac = Some(address.to_owned());
                }
            }
            _ => {}
        }
    }
    ports.retain(|port| !port.device.is_empty());
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    const IFCONFIG: &str = "lo0: flags=8049<UP,LOOPBACK,RUNNING> mtu 16384\n\tinet 127.0.0.1 netmask 0xff000000 \n\
        en0: flags=8863<UP,RUNNING> mtu 1500\n\tether 02:00:00:00:00:01 \n\
        \tinet6 fe80::1%en0 prefixlen 64 scopeid 0x5 \n\tinet 192.0.2.5 netmask 0xffffff00 broadcast 192.0.2.255\n\
        \tmedia: autoselect (1000baseT <full-duplex,flow-control>)\n\tstatus: active\n\
        bridge0: flags=8863<UP> mtu 1500\n\tConfiguration:\n\tmember: en2 flags=3<LEARNING>\n";

    #[test]
    fn interfaces_with_their_addresses() {
        let found = interfaces(IFCONFIG);
        assert_eq!(found.len(), 3);
        assert!(found[0].loopback && found[0].active.is_none());
        assert_eq!((found[1].speed, found[1].active, found[1].mtu), (Some(1000), Some(true), Some(1500)));
        assert_eq!(found[1].inet[0].mask, Some(Ipv4Addr::new(255, 255, 255, 0)));
        assert_eq!((found[1].inet6[0].text.as_str(), found[1].inet6[0].prefix), ("fe80::1", Some(64)));
        assert_eq!(found[2].members, ["en2"]);
        assert_eq!(speed("media: 10GbaseT <full-duplex>"), Some(10_000));
        assert_eq!(speed("media: autoselect"), None);
    }

    #[test]
    fn rows_are_one_an_address() {
        let ports =
            ports("Hardware Port: Ethernet\nDevice: en0\nEthernet Address: 02:00:00:00:00:01 \n\nHardware Port: X\n");
        assert_eq!(ports.len(), 1);
        let rows = rows(&interfaces(IFCONFIG), &ports);
        assert_eq!(rows.len(), 4);
        assert_eq!((rows[1].text("description"), rows[1].text("ipsubnet")), (Some("Ethernet"), Some("192.0.2.0")));
        assert_eq!((rows[1].text("type"), rows[2].text("ipaddress6")), (Some("ethernet"), Some("fe80::1")));
        assert_eq!(rows[3].text("type"), Some("bridge"));
    }

    #[test]
    fn garbage_gives_nothing() {
        assert!(interfaces("en0: no flags\n\tinet x\n").is_empty());
        let found = interfaces(
            "a: flags=1<UP>\n\tinet\n\tinet 300.1.1.1 netmask 0xzz\n\tinet6 ::g\n\tmedia: 9999999999baseT\n",
        );
        assert_eq!(found[0], Interface { name: "a".to_owned(), up: true, ..Interface::default() });
    }
}
