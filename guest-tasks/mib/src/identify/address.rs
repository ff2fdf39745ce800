//! Hardware address and network addresses.

use super::{Identity, names};
use crate::device::Device;
use crate::{Gone, Suffix, Table, value, vendors};
use std::collections::{BTreeMap, BTreeSet};

const PHYSICAL: &str = "1.3.6.1.2.1.2.2.1.6";
const SPEED: &str = "1.3.6.1.2.1.2.2.1.5";

/// The bridge's own address; else what the maker's module knows; else the address of the interface that was asked, of those
/// with a network address, of all: the only one, the first of a pair in a row, or the first of an interface with a speed.
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
        && let Some(mac) = device.mac(&format!("{PHYSICAL}.{port}"))?
    {
        return Ok(Some(mac));
    }
    let physical = device.column(PHYSICAL)?;
    let physical: BTreeMap<u32, String> = Table::of(&physical, PHYSICAL)
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

/// The only address there is, or the first of two that follow each other.
fn agreed(among: &[(u32, &str)]) -> Option<String> {
    let different: BTreeSet<&str> = among.iter().map(|(_, mac)| *mac).collect();
    match different.iter().copied().collect::<Vec<&str>>().as_slice() {
        [only] => Some((*only).to_owned()),
        [first, second] if numeric(first).checked_add(1) == Some(numeric(second)) => Some((*first).to_owned()),
        _ => None,
    }
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
