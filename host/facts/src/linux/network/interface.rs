//! What sysfs says about an interface (Documentation/ABI/testing/sysfs-class-net).

use super::addresses::Address;
use super::{bonding, wireless};
use crate::Scan;
use crate::output::ip::Link;
use airlock_model::Row;
use std::collections::HashMap;

const FOLDER: &str = "/sys/class/net";

/// The flag of an interface that is switched on (include/uapi/linux/if.h, IFF_UP).
const UP: u32 = 0x1;

/// The kind of hardware address of InfiniBand (include/uapi/linux/if_arp.h, ARPHRD_INFINIBAND).
const INFINIBAND: &str = "32";

/// An interface, without its addresses.
#[derive(Debug, Default)]
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) index: Option<u32>,
    mac: Option<String>,
    up: Option<bool>,
    mtu: Option<i64>,
    kind: Option<&'static str>,
    is_virtual: Option<bool>,
    /// What all of its rows say and those of an alias do not.
    more: Row,
}

/// All interfaces, in the kernel's order; also those of which only an address is known.
pub(super) fn all(scan: &Scan<'_>, addresses: &[Address]) -> Vec<Interface> {
    let permanent = bonding::permanent(scan);
    let names = scan.names(FOLDER);
    let mut interfaces = Vec::with_capacity(names.len());
    for name in names {
        if scan.expired() {
            scan.missing("interfaces: out of time");
            break;
        }
        interfaces.extend(Interface::read(scan, name, &permanent));
    }
    for address in addresses {
        if !interfaces.iter().any(|interface| interface.name == address.interface()) {
            scan.missing(format_args!(
                "{FOLDER}/{}: not there; nothing but its addresses is known",
                address.interface()
            ));
            interfaces.push(Interface { name: address.interface().to_owned(), ..Interface::default() });
        }
    }
    interfaces.sort_by_key(|interface| interface.index.unwrap_or(u32::MAX));
    interfaces
}

impl Interface {
    fn read(scan: &Scan<'_>, name: String, permanent: &HashMap<String, String>) -> Option<Self> {
        let folder = format!("{FOLDER}/{name}");
        let entries = scan.names(&folder);
        if entries.is_empty() {
            // A file about all interfaces, an interface that has just gone, or one of which nothing can be seen.
            let is_there = scan.roots().metadata(&folder).is_ok_and(|meta| meta.is_dir());
            if is_there {
                scan.missing(format_args!("{folder}: nothing to be seen in it"));
            }
            return is_there.then(|| Self::unseen(scan, name, &folder, permanent));
        }
        let has = |entry: &str| entries.binary_search_by(|known| known.as_str().cmp(entry)).is_ok();
        let attr = |entry: &str| scan.attr(format!("{folder}/{entry}"));
        let uevent = attr("uevent").unwrap_or_default();
        let is_virtual = !has("device") || is_made_up(scan, &folder);
        let lower: Vec<&str> = entries.iter().filter_map(|entry| entry.strip_prefix("lower_")).collect();
        let mut interface = Self {
            index: value(&uevent, "IFINDEX").and_then(|index| index.parse().ok()),
            mac: permanent.get(&name).cloned().or_else(|| attr("address").and_then(|mac| hardware_address(&mac))),
            up: attr("flags").and_then(|flags| Some(hexadecimal(&flags)? & UP != 0)),
            mtu: attr("mtu").and_then(|mtu| mtu.parse().ok()),
            is_virtual: Some(is_virtual),
            ..Self::default()
        };
        let mut more = Row::new();
        if has("brif") || has("bonding") {
            more.set("slaves", lower.join(","));
        }
        let infiniband = attr("type").as_deref() == Some(INFINIBAND);
        interface.kind = if !is_virtual {
            let part_of = attr("device/uevent").unwrap_or_default();
            more.merge(device(&part_of));
            // A device on the bus of virtual ones: the hardware is the card that carries the bus.
            if value(&part_of, "MODALIAS").is_some_and(|alias| alias.starts_with("virtio:")) {
                more.merge(place(&attr("device/../uevent").unwrap_or_default()));
            }
            if infiniband {
                let card = scan.names(format!("{folder}/device/infiniband")).into_iter().next();
                more.maybe("firmware", card.and_then(|card| attr(&format!("device/infiniband/{card}/fw_ver"))));
            }
            real_kind(&uevent, infiniband, has)
        } else if let Some(base) = vlan_base(&uevent, &name, &lower) {
            more.set("base", base);
            Some("alias")
        } else {
            virtual_kind(&uevent, &name, infiniband, has)
        };
        match interface.up {
            // Drivers answer with an error or with -1 where there is no such thing as a speed.
            Some(true) if name != "lo" => {
                if interface.kind == Some("wifi") {
                    more.merge(wireless::of(scan, &name));
                }
                let speed = attr("speed").and_then(|speed| speed.parse::<u32>().ok());
                let speed = speed.filter(|speed| (1..u32::MAX).contains(speed));
                let speed = speed.or_else(|| infiniband.then(|| infiniband_speed(scan, &folder)).flatten());
                more.maybe("speed", speed.map(|speed| speed.to_string()));
            }
            Some(false) => drop(more.set("speed", "0")),
            _ => {}
        }
        interface.more = more;
        interface.name = name;
        Some(interface)
    }

    /// What is known without its attributes: its address as the member of a bond, and the device that it is a part of.
    fn unseen(scan: &Scan<'_>, name: String, folder: &str, permanent: &HashMap<String, String>) -> Self {
        let uevent = scan.attr(format!("{folder}/../../uevent")).unwrap_or_default();
        Self {
            mac: permanent.get(&name).cloned(),
            is_virtual: is_made_up(scan, folder).then_some(true),
            more: device(&uevent),
            name,
            ..Self::default()
        }
    }

    /// What ip(8) or ifconfig(8) says of it; `slaves` are the interfaces that it is made of.
    pub(super) fn of_link(link: &Link, slaves: &[&str]) -> Self {
        let lower = || link.lower.as_deref().filter(|lower| !lower.starts_with("if"));
        let mut more = Row::new();
        let kind = match (link.kind.as_deref(), link.layer.as_deref()) {
            (_, Some("loopback")) => Some("loopback"),
            (Some("bridge"), _) => Some("bridge"),
            (Some("bond" | "team"), _) => Some("aggregate"),
            (Some("vlan" | "macvlan" | "macvtap" | "ipvlan" | "ipvtap"), _) => {
                more.maybe("base", lower());
                Some("alias")
            }
            (Some("ppp"), _) | (_, Some("ppp")) => Some("dialup"),
            (_, Some("infiniband")) => Some("infiniband"),
            _ => None,
        };
        more.set("slaves", slaves.join(","));
        Self {
            name: link.name.clone(),
            index: link.index,
            mac: link.mac.clone(),
            // The list of addresses alone does not say it.
            up: (!link.flags.is_empty()).then(|| link.is_up()),
            mtu: link.mtu,
            kind,
            is_virtual: link.kind.as_ref().map(|_| true),
            more,
        }
    }

    /// The interface itself.
    pub(super) fn row(&self) -> Row {
        let mut row = self.common(&self.name);
        row.maybe("type", self.kind).maybe("virtualdev", self.is_virtual);
        row.merge(self.more.clone());
        row
    }

    /// A name that was given to one of its addresses alone.
    pub(super) fn alias_row(&self, label: &str) -> Row {
        let mut row = self.common(label);
        row.set("type", "alias").set("base", self.name.as_str()).set("virtualdev", true);
        row
    }

    fn common(&self, description: &str) -> Row {
        let mut row = Row::new();
        row.set("description", description)
            .maybe("mac", self.mac.as_deref())
            .maybe("status", self.up.map(|up| if up { "up" } else { "down" }))
            .maybe("mtu", self.mtu);
        row
    }
}

fn real_kind(uevent: &str, infiniband: bool, has: impl Fn(&str) -> bool) -> Option<&'static str> {
    Some(match value(uevent, "DEVTYPE") {
        Some("bluetooth") => "bluetooth",
        Some("wlan") => "wifi",
        _ if has("wireless") || has("phy80211") => "wifi",
        // Modems of mobile networks.
        Some("wwan") => "dialup",
        _ if infiniband || has("mode") => "infiniband",
        _ => "ethernet",
    })
}

fn virtual_kind(uevent: &str, name: &str, infiniband: bool, has: impl Fn(&str) -> bool) -> Option<&'static str> {
    match value(uevent, "DEVTYPE") {
        _ if name == "lo" => Some("loopback"),
        Some("ppp") => Some("dialup"),
        _ if name.starts_with("ppp") => Some("dialup"),
        _ if has("brif") => Some("bridge"),
        _ if has("bonding") => Some("aggregate"),
        _ if infiniband => Some("infiniband"),
        _ => None,
    }
}

/// What an InfiniBand port of a card moves, in Mbit/s: its network interface does not say it in older kernels.
fn infiniband_speed(scan: &Scan<'_>, folder: &str) -> Option<u32> {
    let card = scan.names(format!("{folder}/device/infiniband")).into_iter().next()?;
    let port = scan.attr(format!("{folder}/dev_port"))?.parse::<u32>().ok()?.checked_add(1)?;
    let rate = scan.attr(format!("{folder}/device/infiniband/{card}/ports/{port}/rate"))?;
    u32::try_from(crate::units::link_speed(&rate)?).ok()
}

/// The interface below a VLAN: as the kernel says, or by the name that it is given by custom.
fn vlan_base<'a>(uevent: &str, name: &'a str, lower: &[&'a str]) -> Option<&'a str> {
    let by_name = name.split_once('.').filter(|(_, id)| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
    match (value(uevent, "DEVTYPE"), lower, by_name) {
        // These put a name and address of its own on another's card.
        (Some("vlan" | "macvlan" | "macvtap" | "ipvlan" | "ipvtap"), [base], _) => Some(base),
        (Some("vlan") | None, _, Some((base, _))) => Some(base),
        _ => None,
    }
}

/// True for an interface of the kernel's own making: its folder is among the virtual devices.
fn is_made_up(scan: &Scan<'_>, folder: &str) -> bool {
    scan.roots().link(folder).is_ok_and(|link| link.to_string_lossy().contains("/devices/virtual/net/"))
}

/// The driver and the place of the hardware, from the uevent of the device that the interface is a part of.
fn device(uevent: &str) -> Row {
    let mut row = Row::new();
    row.maybe("driver", value(uevent, "DRIVER"));
    row.merge(place(uevent));
    row
}

/// Where a PCI device is, and its numbers.
fn place(uevent: &str) -> Row {
    let ids = value(uevent, "PCI_ID").map(|id| match value(uevent, "PCI_SUBSYS_ID") {
        Some(subsystem) => format!("{id}:{subsystem}").to_ascii_lowercase(),
        None => id.to_ascii_lowercase(),
    });
    let mut row = Row::new();
    row.maybe("pcislot", value(uevent, "PCI_SLOT_NAME")).maybe("pciid", ids);
    row
}

fn value<'a>(uevent: &'a str, name: &str) -> Option<&'a str> {
    uevent.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

/// Of any length, but for those of tunnels, which are IP addresses.
fn hardware_address(text: &str) -> Option<String> {
    let bytes = text.split(':').count();
    let digits = text.split(':').all(|byte| byte.len() == 2 && byte.bytes().all(|b| b.is_ascii_hexdigit()));
    (digits && bytes >= 6 && bytes != 16).then(|| text.to_ascii_lowercase())
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_addresses_are_no_ip_addresses() {
        assert_eq!(hardware_address("52:54:00:AA:00:01").as_deref(), Some("52:54:00:aa:00:01"));
        let infiniband = ["80"; 20].join(":");
        assert_eq!(hardware_address(&infiniband), Some(infiniband));
        for other in ["c0:00:02:01", &["20"; 16].join(":"), "", "52:54:00:aa:00", "5254:00:aa:00:01:02", "::::::"] {
            assert_eq!(hardware_address(other), None, "{other}");
        }
    }

    #[test]
    fn vlans_have_a_base() {
        assert_eq!(vlan_base("DEVTYPE=vlan", "office", &["eth0"]), Some("eth0"));
        assert_eq!(vlan_base("DEVTYPE=vlan", "eth0.10", &[]), Some("eth0"));
        assert_eq!(vlan_base("", "eth0.10", &["eth0"]), Some("eth0"));
        assert_eq!(vlan_base("DEVTYPE=macvlan", "lan0", &["eth0"]), Some("eth0"));
        assert_eq!(vlan_base("DEVTYPE=bridge", "br0.10", &["eth0"]), None);
        assert_eq!(vlan_base("", "tap.x", &[]), None);
    }
}
