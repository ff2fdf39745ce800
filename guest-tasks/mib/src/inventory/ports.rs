//! Ports: the interfaces of a device (IF-MIB, RFC 2863; EtherLike-MIB, RFC 3635; IP-MIB, RFC 4293).

use super::speeds;
use crate::device::Device;
use crate::sections::{Port, Ports};
use crate::{Gone, Suffix, Syntax, Table, value};
use airlock_model::Value;
use std::collections::BTreeMap;

/// A column of a table, and how its values become a field.
type Column = (&'static str, &'static str, fn(&Syntax) -> Option<Value>);

/// All of them are asked for at once: they have the same rows.
const COLUMNS: &[Column] = &[
    ("1.3.6.1.2.1.2.2.1.2", "ifdescr", verbatim),
    ("1.3.6.1.2.1.31.1.1.1.1", "ifname", verbatim),
    ("1.3.6.1.2.1.2.2.1.3", "iftype", number),
    ("1.3.6.1.2.1.2.2.1.4", "ifmtu", number),
    ("1.3.6.1.2.1.2.2.1.6", "mac", mac),
    ("1.3.6.1.2.1.2.2.1.7", "ifinternalstatus", |value| constant(value, 3)),
    ("1.3.6.1.2.1.2.2.1.8", "ifstatus", |value| constant(value, 7)),
    ("1.3.6.1.2.1.2.2.1.9", "iflastchange", text),
    ("1.3.6.1.2.1.2.2.1.10", "ifinoctets", number),
    ("1.3.6.1.2.1.2.2.1.14", "ifinerrors", number),
    ("1.3.6.1.2.1.2.2.1.16", "ifoutoctets", number),
    ("1.3.6.1.2.1.2.2.1.20", "ifouterrors", number),
    ("1.3.6.1.2.1.10.7.2.1.19", "ifportduplex", |value| constant(value, 3)),
    ("1.3.6.1.2.1.31.1.1.1.18", "ifalias", verbatim),
];
const INDEX: &str = "1.3.6.1.2.1.2.2.1.1";
/// ipAdEntIfIndex: the interface of each address of the device.
const ADDRESS: &str = "1.3.6.1.2.1.4.20.1.2";
/// ipAddressIfIndex, of addresses of every family: read for those of IPv6.
const ADDRESS_6: &str = "1.3.6.1.2.1.4.34.1.3";

fn verbatim(value: &Syntax) -> Option<Value> {
    value::verbatim(value).map(Value::from)
}

fn text(value: &Syntax) -> Option<Value> {
    value::text(value).map(Value::from)
}

fn number(value: &Syntax) -> Option<Value> {
    value::count(value).map(Value::from)
}

fn mac(value: &Syntax) -> Option<Value> {
    value::mac(value).map(Value::from)
}

fn constant(value: &Syntax, last: i64) -> Option<Value> {
    value::within(value, 1..=last).map(Value::from)
}

/// Every interface of the device that its table of interfaces knows.
pub fn read(device: &Device) -> Result<Ports, Gone> {
    let roots: Vec<&str> =
        [INDEX, ADDRESS, ADDRESS_6].into_iter().chain(COLUMNS.iter().map(|column| column.0)).collect();
    device.walk(&roots.iter().chain(speeds::COLUMNS).copied().collect::<Vec<_>>())?;
    let mut ports = Ports::new();
    let rows = device.column(INDEX)?;
    for (suffix, index) in Table::of(&rows, INDEX).iter() {
        let said = value::integer(index).and_then(|index| u32::try_from(index).ok());
        // A row is known by its own number, in this table and in all that go with it, whatever it says its number is.
        if let Some(number) = suffix.single().or(said) {
            ports.insert(number, Port { said, ..Port::default() });
        }
    }
    for (root, field, read) in COLUMNS {
        let rows = device.column(root)?;
        for (suffix, value) in Table::of(&rows, root).iter() {
            let Some(number) = suffix.single() else { continue };
            // Devices that leave out ifIndex still have names of their ports.
            let port =
                if *field == "ifdescr" { Some(ports.entry(number).or_default()) } else { ports.get_mut(&number) };
            if let Some(port) = port {
                port.row.maybe(*field, read(value));
            }
        }
    }
    for (number, speed) in speeds::read(device)? {
        if let Some(port) = ports.get_mut(&number) {
            port.row.set("ifspeed", speed);
        }
    }
    let mut all = addresses(device)?;
    for (number, addresses) in &all {
        if let Some(port) = ports.get_mut(number) {
            port.row.maybe("ip", addresses.last().cloned());
        }
    }
    for (number, addresses) in addresses_6(device)? {
        all.entry(number).or_default().extend(addresses);
    }
    for (number, addresses) in all {
        if let Some(port) = ports.get_mut(&number) {
            port.row.set("ips", addresses);
        }
    }
    for port in ports.values_mut() {
        let name = port.row.get("ifdescr").cloned();
        port.row.otherwise("ifname", name);
    }
    Ok(ports)
}

/// The addresses of each interface, sorted as texts.
fn addresses(device: &Device) -> Result<BTreeMap<u32, Vec<String>>, Gone> {
    let rows = device.column(ADDRESS)?;
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (suffix, value) in Table::of(&rows, ADDRESS).iter() {
        let interface = value::integer(value).and_then(|number| u32::try_from(number).ok());
        if let (Some(interface), Some(address)) = (interface, address(suffix)) {
            found.entry(interface).or_default().push(address);
        }
    }
    found.values_mut().for_each(|addresses| addresses.sort());
    Ok(found)
}

/// Its addresses of IPv6, but those that every interface gives itself.
fn addresses_6(device: &Device) -> Result<BTreeMap<u32, Vec<String>>, Gone> {
    let rows = device.column(ADDRESS_6)?;
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (suffix, value) in Table::of(&rows, ADDRESS_6).iter() {
        let interface = value::integer(value).and_then(|number| u32::try_from(number).ok());
        let address =
            suffix.last_bytes(16).filter(|_| suffix.parts().starts_with(&[2, 16]) && suffix.parts().len() == 18);
        let address = address.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).map(std::net::Ipv6Addr::from);
        if let (Some(interface), Some(address)) = (interface, address.filter(|a| !a.is_unicast_link_local())) {
            found.entry(interface).or_default().push(address.to_string());
        }
    }
    Ok(found)
}

/// An IPv4 address at the end of an index.
pub(super) fn address(suffix: &Suffix) -> Option<String> {
    let octets: [u8; 4] = suffix.last_bytes(4)?.try_into().ok()?;
    Some(std::net::Ipv4Addr::from(octets).to_string())
}
