//! VLANs of ports: Cisco's tables, Q-BRIDGE-MIB (RFC 4363), else what LLDP says of them (IEEE 802.1AB, annex F).

use super::bridge;
use crate::device::Device;
use crate::sections::{Port, Ports, Sections, Vlan};
use crate::{Gone, Suffix, Syntax, Table, value};
use std::collections::BTreeMap;

/// vtpVlanName, vmVlan.
const CISCO_NAME: &str = "1.3.6.1.4.1.9.9.46.1.3.1.1.4.1";
const CISCO_PORT: &str = "1.3.6.1.4.1.9.9.68.1.2.2.1.2";
/// dot1qVlanStaticName, …EgressPorts, …UntaggedPorts, …RowStatus; dot1qVlanCurrentEgressPorts, …UntaggedPorts.
const NAME: &str = "1.3.6.1.2.1.17.7.1.4.3.1.1";
const STATIC_EGRESS: &str = "1.3.6.1.2.1.17.7.1.4.3.1.2";
const STATIC_UNTAGGED: &str = "1.3.6.1.2.1.17.7.1.4.3.1.4";
const STATUS: &str = "1.3.6.1.2.1.17.7.1.4.3.1.5";
const EGRESS: &str = "1.3.6.1.2.1.17.7.1.4.2.1.4";
const UNTAGGED: &str = "1.3.6.1.2.1.17.7.1.4.2.1.5";
/// lldpXdot1LocVlanName, lldpLocPortId, lldpXdot1LocPortVlanId.
const LLDP_NAME: &str = "1.0.8802.1.1.2.1.5.32962.1.2.3.1.2";
const LLDP_PORT: &str = "1.0.8802.1.1.2.1.3.7.1.3";
pub(super) const LLDP_PORT_VLAN: &str = "1.0.8802.1.1.2.1.5.32962.1.2.1.1.1";
const ALL: &[&str] = &[
    CISCO_NAME,
    CISCO_PORT,
    NAME,
    STATIC_EGRESS,
    STATIC_UNTAGGED,
    STATUS,
    EGRESS,
    UNTAGGED,
    LLDP_NAME,
    LLDP_PORT,
    LLDP_PORT_VLAN,
];

/// The highest number of a VLAN.
const LAST: u32 = 4094;
/// The most VLANs that all ports of a device have together.
const MOST: usize = 200_000;

/// Gives the ports their VLANs.
pub fn read(device: &Device, sections: &mut Sections) -> Result<(), Gone> {
    device.walk(ALL)?;
    let ports = &mut sections.ports;
    let mut found = of_cisco(device)?;
    let (of_bridge, left_out) = of_bridge(device, ports)?;
    if left_out > 0 {
        sections.notes.push(format!("{left_out} more VLANs of ports; the first {MOST} are kept"));
    }
    for (port, vlans) in of_bridge {
        found.entry(port).or_default().extend(vlans);
    }
    if found.is_empty() {
        found = of_lldp_names(device, ports)?;
    }
    if found.is_empty() {
        found = of_lldp_ports(device)?;
    }
    for (port, vlans) in found {
        if let Some(port) = ports.get_mut(&port) {
            port.vlans = vlans;
        }
    }
    Ok(())
}

type Found = BTreeMap<u32, Vec<Vlan>>;

fn number(value: &Syntax) -> Option<u32> {
    value::integer(value).and_then(|number| u32::try_from(number).ok()).filter(|number| *number != 0)
}

/// Names by the number at the end of the index.
fn names(device: &Device, root: &str) -> Result<BTreeMap<u32, String>, Gone> {
    let rows = device.column(root)?;
    let name = |(suffix, value): (&Suffix, &Syntax)| Some((suffix.from_end(0)?, value::text(value)?));
    Ok(Table::of(&rows, root).iter().filter_map(name).collect())
}

/// A port of Cisco's has one VLAN, if it is no trunk.
fn of_cisco(device: &Device) -> Result<Found, Gone> {
    let names = names(device, CISCO_NAME)?;
    let rows = device.column(CISCO_PORT)?;
    let vlan = |(suffix, value): (&Suffix, &Syntax)| {
        let number = number(value)?;
        let vlan = Vlan { number, name: names.get(&number).cloned(), tagged: None };
        Some((suffix.single()?, vec![vlan]))
    };
    Ok(Table::of(&rows, CISCO_PORT).iter().filter_map(vlan).collect())
}

/// Active VLANs with a name, and the sets of ports that send their frames, with a tag or without. A set may claim any number
/// of ports: only those that are there count, and how many were too many is told.
fn of_bridge(device: &Device, ports: &Ports) -> Result<(Found, usize), Gone> {
    let [egress, untagged, static_egress, static_untagged] =
        [EGRESS, UNTAGGED, STATIC_EGRESS, STATIC_UNTAGGED].map(|root| sets(device, root));
    let (egress, untagged, static_egress, static_untagged) = (egress?, untagged?, static_egress?, static_untagged?);
    let status = device.column(STATUS)?;
    let status = Table::of(&status, STATUS);
    let rows = device.column(NAME)?;
    let mut names: Vec<(u32, Option<String>)> = Table::of(&rows, NAME)
        .iter()
        .filter(|(suffix, _)| status.get(suffix).and_then(value::integer) == Some(1))
        .filter_map(|(suffix, name)| Some((suffix.from_end(0)?, value::text(name))))
        .collect();
    names.retain(|(number, _)| (1..=LAST).contains(number));
    names.sort_by_key(|(number, _)| number.to_string());
    let mut found = Found::new();
    let (mut kept, mut left_out) = (0, 0_usize);
    for (number, name) in names {
        let Some(sends) = egress.get(&number).or_else(|| static_egress.get(&number)) else { continue };
        let bare = untagged.get(&number).or_else(|| static_untagged.get(&number));
        for port in ports.keys().copied().filter(|port| has(sends, *port)) {
            if kept == MOST {
                left_out += 1;
                continue;
            }
            kept += 1;
            let tagged = Some(!bare.is_some_and(|bare| has(bare, port)));
            found.entry(port).or_default().push(Vlan { number, name: name.clone(), tagged });
        }
    }
    Ok((found, left_out))
}

/// Sets of ports by VLAN: the last number of the index, whatever stands before it.
fn sets(device: &Device, root: &str) -> Result<BTreeMap<u32, Vec<u8>>, Gone> {
    let rows = device.column(root)?;
    let set = |(suffix, value): (&Suffix, &Syntax)| match value {
        Syntax::Octets(bytes) if !listed(bytes) => Some((suffix.from_end(0)?, bytes.clone())),
        _ => None,
    };
    Ok(Table::of(&rows, root).iter().filter_map(set).collect())
}

/// Devices of Juniper list their own numbers of ports as a text, which is no set.
fn listed(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' '))
}

/// Whether a port is in a set: the first bit of the first byte is port 1.
fn has(set: &[u8], port: u32) -> bool {
    let Some(bit) = port.checked_sub(1) else { return false };
    let byte = usize::try_from(bit / 8).ok().and_then(|at| set.get(at));
    byte.is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0)
}

/// VLANs with names, by the local port of LLDP, which says itself which interface it is.
fn of_lldp_names(device: &Device, ports: &Ports) -> Result<Found, Gone> {
    let rows = device.column(LLDP_PORT)?;
    let bridge = bridge::interfaces(device)?;
    let local = Table::of(&rows, LLDP_PORT);
    let called = |field: &'static str| {
        let name = move |(number, port): (&u32, &Port)| Some((port.row.text(field)?.to_owned(), *number));
        ports.iter().filter_map(name).collect::<BTreeMap<String, u32>>()
    };
    let (by_name, by_text) = (called("ifname"), called("ifdescr"));
    let interface = |number: u32| {
        let called = local.at(number).and_then(value::text).unwrap_or_default();
        let numbered = called.parse().ok().filter(|number| ports.contains_key(number));
        numbered
            .or_else(|| by_name.get(&called).or_else(|| by_text.get(&called)).copied())
            .or_else(|| bridge.get(&number).copied())
            .unwrap_or(number)
    };
    let names = device.column(LLDP_NAME)?;
    let mut found = Found::new();
    for (suffix, name) in Table::of(&names, LLDP_NAME).iter() {
        let (Some(port), Some(number)) = (suffix.from_end(1), suffix.from_end(0)) else { continue };
        let vlan = Vlan { number, name: value::text(name), tagged: None };
        found.entry(interface(port)).or_default().push(vlan);
    }
    Ok(found)
}

/// The VLAN of frames without a tag, by port.
fn of_lldp_ports(device: &Device) -> Result<Found, Gone> {
    let rows = device.column(LLDP_PORT_VLAN)?;
    let vlan = |(suffix, value): (&Suffix, &Syntax)| {
        let number = number(value)?;
        Some((suffix.single()?, vec![Vlan { number, name: Some(format!("VLAN {number}")), tagged: None }]))
    };
    Ok(Table::of(&rows, LLDP_PORT_VLAN).iter().filter_map(vlan).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_ports_is_read_from_its_first_bit() {
        let set = [0x80, 0x01];
        assert_eq!((0..20).filter(|port| has(&set, *port)).collect::<Vec<u32>>(), [1, 16]);
        assert!(listed(b"59,71") && !listed(b"") && !listed(&[0x31, 0x80]));
        assert!(!has(&[], 1) && !has(&[0xff], 9));
    }
}
