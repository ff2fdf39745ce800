//! Neighbours that say by themselves who they are: LLDP, and the older protocols of Cisco and Extreme.

pub mod cdp;
pub mod edp;
pub mod lldp;
mod merge;

use crate::Gone;
use crate::device::Device;
use crate::sections::{Neighbour, Ports};
use std::collections::BTreeMap;

/// Neighbours by the number of the local interface.
pub type Heard = BTreeMap<u32, Neighbour>;

/// Gives the ports their neighbours.
pub fn read(device: &Device, ports: &mut Ports, juniper: bool) -> Result<(), Gone> {
    device.walk(&lldp::COLUMNS.iter().chain(cdp::COLUMNS).chain(edp::COLUMNS).copied().collect::<Vec<_>>())?;
    let mut heard = lldp::read(device, juniper)?;
    heard = merge::merged(heard, cdp::read(device)?);
    heard = merge::merged(heard, edp::read(device)?);
    for (number, neighbour) in heard {
        if let Some(port) = ports.get_mut(&number) {
            port.neighbour = Some(neighbour);
        }
    }
    Ok(())
}
