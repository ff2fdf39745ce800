//! EDP, Extreme's protocol (EXTREME-EDP-MIB).

use super::Heard;
use crate::device::Device;
use crate::sections::Neighbour;
use crate::{Gone, Table, value};
use std::collections::BTreeMap;

/// extremeEdpNeighborName, …SlotPort; extremeEdpNeighborVlanIpAddress.
pub(super) const COLUMNS: &[&str] = &[ADDRESS, NAME, PORT];
const ADDRESS: &str = "1.3.6.1.4.1.1916.1.13.3.1.3";
const NAME: &str = "1.3.6.1.4.1.1916.1.13.2.1.3";
const PORT: &str = "1.3.6.1.4.1.1916.1.13.2.1.6";
/// The index of a neighbour: the interface, then two bytes of priority and six of its hardware address.
const INDEX: usize = 9;

/// Neighbours with a name.
pub fn read(device: &Device) -> Result<Heard, Gone> {
    let names = device.column(NAME)?;
    let ports = device.column(PORT)?;
    let addresses = device.column(ADDRESS)?;
    let ports = Table::of(&ports, PORT);
    // A neighbour has an address in each of its VLANs: the first one counts.
    let mut address_of: BTreeMap<&[u32], String> = BTreeMap::new();
    let addresses = Table::of(&addresses, ADDRESS);
    for (row, address) in addresses.iter() {
        let address = value::address(address).filter(|address| address != "0.0.0.0");
        if let (Some(row), Some(address)) = (row.parts().get(..INDEX), address) {
            address_of.entry(row).or_insert(address);
        }
    }
    let mut heard = Heard::new();
    for (row, name) in Table::of(&names, NAME).iter().filter(|(row, _)| row.parts().len() == INDEX) {
        let (Some(local), Some(sysname)) = (row.part(0), value::text(name)) else { continue };
        let neighbour = Neighbour {
            sysmac: row.last_bytes(6).and_then(|bytes| value::mac_of_bytes(&bytes)),
            sysname: Some(sysname),
            ip: address_of.get(row.parts()).cloned(),
            ifdescr: ports.get(row).and_then(value::text),
            ..Neighbour::default()
        };
        heard.insert(local, neighbour);
    }
    Ok(heard)
}
