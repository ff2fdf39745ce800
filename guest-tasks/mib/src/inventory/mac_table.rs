//! Hardware addresses seen at ports: the tables of the bridge, of all VLANs together (BRIDGE-MIB, RFC 4188; Q-BRIDGE-MIB,
//! RFC 4363) or one by one, else the addresses that the device has resolved itself (ARP; IP-MIB, RFC 4293).
//!
//! Of a port whose neighbour said itself who it is, nothing is kept here: what is seen there stands behind the neighbour.

use super::bridge;
use crate::device::Device;
use crate::sections::{Ports, Sections};
use crate::{Agent, Bind, Gone, Suffix, Syntax, Table, value};
use std::collections::{BTreeMap, BTreeSet};

/// dot1dTpFdbPort, dot1qTpFdbPort: the port of the bridge by an address at the end of the index.
const FORWARDING: &str = "1.3.6.1.2.1.17.4.3.1.2";
const BY_VLAN: &str = "1.3.6.1.2.1.17.7.1.2.2.1.2";
/// ipNetToMediaIfIndex, ipNetToMediaPhysAddress.
const ARP_INTERFACE: &str = "1.3.6.1.2.1.4.22.1.1";
const ARP_ADDRESS: &str = "1.3.6.1.2.1.4.22.1.2";
/// How many VLANs a device may leave unanswered before it is taken for one that knows no VLANs one by one: each costs the
/// time that an answer is waited for.
const PATIENCE: u32 = 2;
/// The most VLANs that a device is asked about one by one.
const MOST_VLANS: usize = 256;

/// Addresses by interface, in the order of their indices as texts.
pub type Seen = BTreeMap<u32, Vec<String>>;

/// Gives the ports the addresses seen there. A device that does not answer for one VLAN alone is not asked for the others.
pub fn read(device: &Device, sections: &mut Sections) -> Result<(), Gone> {
    let ports = &mut sections.ports;
    device.walk(&[FORWARDING, BY_VLAN, bridge::BASE_PORT])?;
    let interfaces = bridge::interfaces(device)?;
    put(ports, forwarded(&device.column(FORWARDING)?, FORWARDING, &interfaces));
    let by_vlan = forwarded(&device.column(BY_VLAN)?, BY_VLAN, &interfaces);
    if !by_vlan.is_empty() {
        put(ports, by_vlan);
        return Ok(());
    }
    let (mut any, mut refused) = (false, 0);
    for vlan in vlans(ports) {
        let Some(agent) = device.agent().in_vlan(vlan) else {
            refused += 1;
            if refused == PATIENCE {
                break;
            }
            continue;
        };
        match in_context(&*agent) {
            Ok(seen) => {
                any |= !seen.is_empty();
                put(ports, seen);
            }
            Err(gone) => {
                sections.notes.push(format!("addresses seen in VLAN {vlan}, and in those after it: {gone}"));
                break;
            }
        }
    }
    if !any {
        device.walk(&[ARP_INTERFACE, ARP_ADDRESS])?;
        put(ports, resolved(&device.column(ARP_INTERFACE)?, &device.column(ARP_ADDRESS)?));
    }
    Ok(())
}

/// The table of one VLAN, whose bridge has numbers of its own for its ports.
fn in_context(agent: &dyn Agent) -> Result<Seen, Gone> {
    let mut answers = agent.walk(&[FORWARDING, bridge::BASE_PORT])?.into_iter();
    let (table, ports) = (answers.next().unwrap_or_default(), answers.next().unwrap_or_default());
    Ok(forwarded(&table, FORWARDING, &bridge::of(&ports, bridge::BASE_PORT)))
}

/// The VLANs of ports whose neighbours did not say who they are. VLAN 1 is what the device answers without a context.
fn vlans(ports: &Ports) -> BTreeSet<u32> {
    let silent = ports.values().filter(|port| port.neighbour.is_none());
    silent.flat_map(|port| &port.vlans).map(|vlan| vlan.number).filter(|n| *n != 1).take(MOST_VLANS).collect()
}

fn put(ports: &mut Ports, seen: Seen) {
    for (number, macs) in seen {
        if let Some(port) = ports.get_mut(&number).filter(|port| port.neighbour.is_none()) {
            port.saw(macs);
        }
    }
}

/// Addresses by interface, from a table of the bridge's ports.
pub fn forwarded(rows: &[Bind], root: &str, interfaces: &BTreeMap<u32, u32>) -> Seen {
    let entry = |(suffix, port): (&Suffix, &Syntax)| {
        let port = value::integer(port).and_then(|port| u32::try_from(port).ok())?;
        Some((*interfaces.get(&port)?, value::mac_of_bytes(&suffix.last_bytes(6)?)?))
    };
    gathered(in_text_order(&Table::of(rows, root)).into_iter().filter_map(entry))
}

fn resolved(interfaces: &[Bind], addresses: &[Bind]) -> Seen {
    let interfaces = Table::of(interfaces, ARP_INTERFACE);
    let entry = |(suffix, mac): (&Suffix, &Syntax)| {
        let said = interfaces.get(suffix).and_then(value::integer).and_then(|number| u32::try_from(number).ok());
        Some((said.or_else(|| suffix.part(0))?, value::mac(mac)?))
    };
    gathered(in_text_order(&Table::of(addresses, ARP_ADDRESS)).into_iter().filter_map(entry))
}

/// The order in which addresses of a port are reported.
fn in_text_order<'t, 'a>(table: &'t Table<'a>) -> Vec<(&'t Suffix, &'a Syntax)> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_cached_key(|(suffix, _)| suffix.to_string());
    rows
}

pub(super) fn gathered(entries: impl Iterator<Item = (u32, String)>) -> Seen {
    let mut seen = Seen::new();
    for (interface, mac) in entries {
        seen.entry(interface).or_default().push(mac);
    }
    seen
}
