//! Ports that are made of others: LACP (IEEE8023-LAG-MIB) and Cisco's PAgP.

use crate::device::Device;
use crate::sections::Ports;
use crate::{Gone, Table, value};

/// dot3adAggPortAttachedAggID: the aggregate that a port belongs to, by its number.
const LACP: &str = "1.2.840.10006.300.43.1.2.1.1.13";
/// pagpEthcOperationMode's neighbour that holds the number of the group.
const PAGP: &str = "1.3.6.1.4.1.9.9.98.1.1.1.1.5";
/// The interface of PAgP's group n is this much beyond n.
const PAGP_INTERFACES: i64 = 5000;

/// Tells each aggregate its members. An aggregate that is no interface is none.
pub fn read(device: &Device, ports: &mut Ports) -> Result<(), Gone> {
    device.walk(&[LACP, PAGP])?;
    for (root, beyond) in [(LACP, 0), (PAGP, PAGP_INTERFACES)] {
        let rows = device.column(root)?;
        for (suffix, value) in Table::of(&rows, root).iter() {
            let group = value::integer(value).filter(|group| *group > 0).and_then(|group| group.checked_add(beyond));
            let group = group.and_then(|group| u32::try_from(group).ok());
            let (Some(member), Some(group)) = (suffix.from_end(0), group) else { continue };
            if let Some(port) = ports.get_mut(&group).filter(|port| member != group && !port.members.contains(&member))
            {
                port.members.push(member);
            }
        }
    }
    Ok(())
}
