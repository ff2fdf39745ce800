//! Hardware address and network addresses.

use super::{Identity, names};
use crate::device::Device;
use crate::{Gone, Suffix, Table, value, vendors};
use std::collections::{BTreeMap, BTreeSet};

const SPEED: &str = "1.3.6.1.2.1.2.2.1.5";

/// The bridge's own address; else what the maker's module knows; else the address of the interface that was asked, of those
/// with a network address, of all: the only one, the first of some in a row, or the first of an interface with a speed.
pub(super) fn mac(device: &Device, identity: &Identity, asked: &str) -> Result<Option<String>, Gone> {
    if let Some(mac) = device.mac(names::BRIDGE)? {
        return Ok(Some(mac));
    }
    if let Some(mac) = vendors::first(device, identity, |vendor| vendor.mac)? {
        return Ok(Some(mac));
    }
    let interfaces = device.column(names::ADDRESS_INTERFACES)?;
    let interfaces = Table::of(&interfaces, names::ADDRESS_INTERFACES);
    let number =
        |suffix: &Suffix| interfaces.get(suffix).and_then(value::integer).and_then(|number| u32::try_from(number).ok());
    if let Some(port) = Suffix::parse(asked).as_ref().and_then(number)
        && let Some(mac) = device.mac(&format!("{}.{port}", names::PHYSICAL))?
    {
        return Ok(Some(mac));
    }
    let physical = device.column(names::PHYSICAL)?;
    let physical: BTreeMap<u32, String> = Table::of(&physical, names::PHYSICAL)
        .iter()
        .filter_map(|(port, value)| Some((port.single()?, value::mac(value)?)))
        .collect();
    let addressed: BTreeSet<u32> = interfaces.iter().filter_map(|(suffix, _)| number(suffix)).collect();
    let mut among: Vec<(u32, &str)> =
        physical.iter().filter(|(port, _)| addressed.contains(port)).map(|(port, mac)| (*port, mac.as_str())).collect();
    if among.is_empty() {
        among = physical.iter().map(|(port, mac)| (*port, mac.as_str())).collect();
    }
    if let Some(mac) = agreed(&among) {
        return Ok(Some(mac));
    }
    if among.is_empty() {
        return Ok(None);
    }
    let speeds = device.column(SPEED)?;
    let speeds = Table::of(&speeds, SPEED);
    let is_fast = |port: u32| speeds.at(port).and_then(value::count).is_some_and(|speed| speed > 0);
    Ok(among.iter().find(|(port, _)| is_fast(*port)).map(|(_, mac)| (*mac).to_owned()))
}

/// The only address there is, or the first of a row: a device's own addresses follow each other.
fn agreed(among: &[(u32, &str)]) -> Option<String> {
    let different: BTreeSet<&str> = among.iter().map(|(_, mac)| *mac).collect();
    let different: Vec<&str> = different.into_iter().collect();
    if let [only] = different.as_slice() {
        return Some((*only).to_owned());
    }
    let row = different.windows(2).find_map(|pair| match pair {
        [first, second] if numeric(first).checked_add(1) == Some(numeric(second)) => Some(*first),
        _ => None,
    });
    row.map(str::to_owned)
}

fn numeric(mac: &str) -> u64 {
    u64::from_str_radix(&mac.replace(':', ""), 16).unwrap_or(u64::MAX)
}

/// The device's own addresses, sorted as texts; else the one that the maker's module knows.
pub(super) fn ips(device: &Device, identity: &Identity) -> Result<Vec<String>, Gone> {
    let column = device.column(names::ADDRESSES)?;
    let addresses: BTreeSet<String> =
        Table::of(&column, names::ADDRESSES).values().filter_map(value::address).collect();
    if addresses.is_empty() {
        return Ok(vendors::first(device, identity, |vendor| vendor.ip)?.into_iter().collect());
    }
    Ok(addresses.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use crate::Syntax;
    use crate::fixture::Walk;
    use crate::identify::identify;

    /// Interfaces with hardware address, speed, and perhaps a network address.
    fn device(interfaces: &[(u8, u32, Option<&str>)]) -> Walk {
        (1..).zip(interfaces).fold(Walk::default(), |walk, (port, (last, speed, address)): (i64, _)| {
            let walk = walk
                .with(&format!("1.3.6.1.2.1.2.2.1.6.{port}"), Syntax::Octets(vec![2, 0, 0, 0, 0, *last]))
                .with(&format!("1.3.6.1.2.1.2.2.1.5.{port}"), Syntax::Gauge32(*speed));
            match address {
                Some(address) => {
                    let octets = address.parse::<std::net::Ipv4Addr>().unwrap().octets();
                    walk.with(&format!("1.3.6.1.2.1.4.20.1.1.{address}"), Syntax::IpAddress(octets))
                        .with(&format!("1.3.6.1.2.1.4.20.1.2.{address}"), Syntax::Integer(port))
                }
                None => walk,
            }
        })
    }

    #[test]
    fn the_address_is_that_of_the_interface_that_was_asked() {
        let mac = |walk: &Walk| identify(walk, "192.0.2.2").unwrap().mac;
        let asked = device(&[(1, 100, Some("192.0.2.1")), (9, 100, Some("192.0.2.2"))]);
        assert_eq!(mac(&asked).as_deref(), Some("02:00:00:00:00:09"));
        assert_eq!(identify(&asked, "192.0.2.2").unwrap().ips, ["192.0.2.1", "192.0.2.2"]);
        let only_one_addressed = device(&[(1, 100, None), (9, 100, Some("192.0.2.7")), (3, 100, None)]);
        assert_eq!(mac(&only_one_addressed).as_deref(), Some("02:00:00:00:00:09"));
        let row = device(&[(9, 100, None), (1, 100, None), (8, 100, None)]);
        assert_eq!(mac(&row).as_deref(), Some("02:00:00:00:00:08"));
        let fast = device(&[(9, 0, None), (1, 100, None), (5, 100, None)]);
        assert_eq!(mac(&fast).as_deref(), Some("02:00:00:00:00:01"));
        let bridge = fast.with("1.3.6.1.2.1.17.1.1.0", Syntax::Octets(vec![2, 0, 0, 0, 0, 0xff]));
        assert_eq!(mac(&bridge).as_deref(), Some("02:00:00:00:00:ff"));
        assert_eq!(mac(&Walk::default()), None);
    }
}
