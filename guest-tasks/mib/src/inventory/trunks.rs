//! Trunks: ports that carry several VLANs.

use super::{bridge, vlans};
use crate::device::Device;
use crate::sections::Ports;
use crate::{Gone, Table, value};
use std::collections::BTreeMap;

/// vlanTrunkPortDynamicStatus (Cisco): 1 is a trunk.
const CISCO: &str = "1.3.6.1.4.1.9.9.46.1.6.1.1.14";
/// jnxExVlanPortAccessMode (Juniper): 2 is a trunk; by port of the bridge.
const JUNIPER: &str = "1.3.6.1.4.1.2636.3.40.1.5.1.7.1.5";

/// Whether each port is a trunk, of those ports of which the device says so.
pub fn of(device: &Device) -> Result<BTreeMap<u32, bool>, Gone> {
    device.walk(&[CISCO, JUNIPER, vlans::LLDP_PORT_VLAN, bridge::BASE_PORT])?;
    let is = |root: &str, trunk: i64| -> Result<BTreeMap<u32, bool>, Gone> {
        let rows = device.column(root)?;
        let table = Table::of(&rows, root);
        let said =
            table.iter().filter_map(|(suffix, value)| Some((suffix.from_end(0)?, value::integer(value)? == trunk)));
        Ok(said.collect())
    };
    let cisco = is(CISCO, 1)?;
    if !cisco.is_empty() {
        return Ok(cisco);
    }
    let juniper = is(JUNIPER, 2)?;
    if !juniper.is_empty() {
        let interfaces = bridge::interfaces(device)?;
        return Ok(juniper.into_iter().filter_map(|(port, trunk)| Some((*interfaces.get(&port)?, trunk))).collect());
    }
    // A port without a VLAN for frames that carry no number.
    is(vlans::LLDP_PORT_VLAN, 0)
}

pub fn read(device: &Device, ports: &mut Ports) -> Result<(), Gone> {
    for (number, trunk) in of(device)? {
        if let Some(port) = ports.get_mut(&number) {
            port.row.set("trunk", trunk);
        }
    }
    Ok(())
}
