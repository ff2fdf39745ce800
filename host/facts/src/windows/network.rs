//! Network interfaces, from Win32_NetworkAdapterConfiguration with MSFT_NetAdapter (since Windows 8) or
//! Win32_NetworkAdapter; and the kind of a medium from the registry's `…\Control\Network`.

mod rows;

pub use rows::rows;

use super::registry::Key;
use super::wmi::Instance;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Addresses of one interface that are kept.
const ADDRESSES: usize = 1024;

/// An address with its mask: with dots for IPv4, the length of the prefix for IPv6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub ip: IpAddr,
    pub mask: String,
}

/// An interface with a hardware address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interface {
    pub description: Option<String>,
    pub guid: Option<String>,
    /// Name of the device: `PCI\VEN_8086&DEV_…`.
    pub pnp_id: Option<String>,
    pub mac: Option<String>,
    pub up: bool,
    pub hardware: bool,
    pub kind: Option<&'static str>,
    /// Mbit/s.
    pub speed: Option<u64>,
    pub addresses: Vec<Address>,
    pub gateways: Vec<String>,
    pub dhcp: Option<String>,
    pub dns: Vec<String>,
    pub domain: Option<String>,
}

impl Interface {
    /// Vendor, device, and what the maker of the card gave it, of a PCI device.
    pub fn pci(&self) -> Option<Pci> {
        let (bus, rest) = self.pnp_id.as_deref()?.split_once('\\')?;
        let device = rest.split('\\').next().filter(|_| bus == "PCI")?;
        let part = |mark: &str| {
            let digits = device.split('&').find_map(|part| part.strip_prefix(mark))?;
            digits.bytes().all(|b| b.is_ascii_hexdigit()).then_some(digits)
        };
        let (vendor, product) = (part("VEN_")?, part("DEV_")?);
        let subsystem =
            part("SUBSYS_").and_then(|digits| digits.split_at_checked(4)).filter(|(_, rest)| rest.len() == 4);
        let own = |text: &str| text.to_owned();
        Some(Pci {
            vendor: own(vendor),
            device: own(product),
            subsystem: subsystem.map(|(sub, by)| (own(sub), own(by))),
        })
    }
}

/// Numbers of a PCI device, four hexadecimal digits each, as Windows writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pci {
    pub vendor: String,
    pub device: String,
    /// Number of the card, and vendor of the card.
    pub subsystem: Option<(String, String)>,
}

/// Puts configurations and adapters together. `adapters` are those of MSFT_NetAdapter, or else of Win32_NetworkAdapter.
pub fn interfaces(configurations: &[Instance], adapters: &[Instance]) -> Vec<Interface> {
    let mut by_number: BTreeMap<&str, &Instance> = BTreeMap::new();
    let mut by_guid: BTreeMap<&str, &Instance> = BTreeMap::new();
    for configuration in configurations {
        for (key, list) in [("Index", &mut by_number), ("SettingID", &mut by_guid)] {
            if let Some(value) = configuration.text(key) {
                list.entry(value).or_insert(configuration);
            }
        }
    }
    let interfaces = adapters.iter().filter_map(|adapter| {
        let guid = adapter.text("InterfaceGuid").or_else(|| adapter.text("GUID"));
        let configuration = guid
            .and_then(|guid| by_guid.get(guid))
            .or_else(|| by_number.get(adapter.text("Index").or_else(|| adapter.text("DeviceID"))?))
            .copied();
        interface(adapter, configuration, guid)
    });
    interfaces.collect()
}

fn interface(adapter: &Instance, configuration: Option<&Instance>, guid: Option<&str>) -> Option<Interface> {
    let configured = |name: &str| configuration.and_then(|configuration| configuration.text(name));
    let listed = |name: &str| -> Vec<String> {
        let list = configuration.map(|configuration| configuration.list(name)).unwrap_or_default();
        list.into_iter().take(ADDRESSES).map(str::to_owned).collect()
    };
    let mac = configured("MACAddress").or_else(|| adapter.text("MACAddress"))?;
    // What has no device any more was removed; its settings stay.
    let pnp_id = adapter.text("PNPDeviceID").or_else(|| adapter.text("PnPDeviceID"))?;
    let addresses: Vec<Address> = listed("IPAddress")
        .into_iter()
        .zip(listed("IPSubnet"))
        .filter_map(|(ip, mask)| Some(Address { ip: ip.parse().ok()?, mask }))
        .collect();
    let up = match (adapter.number("MediaConnectState"), adapter.number("NetConnectionStatus")) {
        (Some(state), _) => state == 1,
        (None, Some(status)) => status == 2,
        (None, None) => !addresses.is_empty(),
    };
    Some(Interface {
        description: adapter
            .text("InterfaceDescription")
            .or_else(|| configured("Description"))
            .or_else(|| adapter.text("Description"))
            .map(str::to_owned),
        guid: guid.map(str::to_owned),
        mac: Some(mac.to_owned()),
        up,
        hardware: adapter
            .flag("HardwareInterface")
            .unwrap_or_else(|| !pnp_id.starts_with("ROOT\\") && !pnp_id.starts_with("SW\\")),
        kind: adapter.number("InterfaceType").and_then(kind),
        speed: adapter.number("Speed").map(|speed| speed / 1_000_000).filter(|&speed| speed > 0),
        addresses,
        gateways: listed("DefaultIPGateway"),
        dhcp: configured("DHCPServer").map(str::to_owned),
        dns: listed("DNSServerSearchOrder"),
        domain: configured("DNSDomain").map(str::to_owned),
        pnp_id: Some(pnp_id.to_owned()),
    })
}

/// MSFT_NetAdapter.InterfaceType: ifType of IANA.
fn kind(number: u64) -> Option<&'static str> {
    Some(match number {
        6 => "ethernet",
        23 => "dialup",
        24 => "loopback",
        71 => "wifi",
        _ => return None,
    })
}

/// The kind of medium of a device: what the connection says that is made with it (`MediaSubType`); a card of its own that
/// no connection tells more of is Ethernet. `networks` is the key of the class of network adapters.
pub fn media_type(pnp_id: &str, networks: Option<&Key>) -> Option<&'static str> {
    let connections = networks.into_iter().flat_map(Key::keys).filter_map(|network| network.key("Connection"));
    let mut of_device = connections
        .filter(|connection| connection.text("PnpInstanceID").is_some_and(|id| id.eq_ignore_ascii_case(pnp_id)));
    match of_device.find_map(|connection| connection.number("MediaSubType")) {
        Some(1) => Some("ethernet"),
        Some(2) => Some("wifi"),
        Some(7) => Some("bluetooth"),
        Some(_) => None,
        None => pnp_id.starts_with("PCI\\").then_some("ethernet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn adapters_with_their_configuration() {
        let configurations = instances(
            "Index=1\nSettingID={1}\nMACAddress=02:00:00:00:00:01\nIPAddress={\"192.0.2.1\",\"fe80::1\"}\n\
             IPSubnet={\"255.255.255.0\",\"64\"}\nDefaultIPGateway={\"192.0.2.254\"}\n\nIndex=2\nSettingID={2}\n",
        );
        let adapters = instances(
            "InterfaceGuid={1}\nInterfaceDescription=Card\nMediaConnectState=1\nInterfaceType=71\nSpeed=144400000\n\
             HardwareInterface=TRUE\nPnPDeviceID=PCI\\VEN_8086&DEV_24F3&SUBSYS_01308086&REV_3A\\1\n\nInterfaceGuid={2}\nPnPDeviceID=x\n",
        );
        let found = interfaces(&configurations, &adapters);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].kind, found[0].speed, found[0].up), (Some("wifi"), Some(144), true));
        assert_eq!(found[0].pci().unwrap().subsystem, Some(("0130".to_owned(), "8086".to_owned())));
        let rows = rows(&found);
        assert_eq!((rows[0].text("ipsubnet"), rows[0].text("ipgateway")), (Some("192.0.2.0"), Some("192.0.2.254")));
        assert_eq!(
            (rows[1].text("ipmask6"), rows[1].text("ipsubnet6")),
            (Some("ffff:ffff:ffff:ffff::"), Some("fe80::"))
        );
        assert_eq!(rows[1].text("pciid"), Some("8086:24f3:8086:0130"));
    }

    #[test]
    fn media_of_connections() {
        let networks = Key::parse(
            "[H\\N]\n[H\\N\\{1}\\Connection]\n\"PnpInstanceID\"=\"PCI\\\\VEN_1\\\\1\"\n\"MediaSubType\"=dword:00000002\n",
        );
        assert_eq!(media_type("PCI\\VEN_1\\1", networks.as_ref()), Some("wifi"));
        assert_eq!(media_type("PCI\\VEN_2\\1", networks.as_ref()), Some("ethernet"));
        assert_eq!(media_type("ROOT\\X\\0000", None), None);
    }
}
