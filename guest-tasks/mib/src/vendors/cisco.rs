//! Cisco: model by its parts, the board of UCS servers, and the address that a secured port saw last.

use super::{Get, Match, NOTHING, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::{Gone, Table, value};

pub(super) const VENDORS: &[Vendor] = &[
    Vendor {
        name_of_module: "Cisco",
        matches: &[Match::Below("9")],
        priority: 5,
        model: Get::Column("1.3.6.1.2.1.47.1.1.1.1.13"),
        // OLD-CISCO-SYSTEM-MIB, hostName: without the domain that sysName carries.
        name: Get::Text(&[ent!("9.2.1.3.0")]),
        ..NOTHING
    },
    Vendor {
        name_of_module: "CiscoUcsBoard",
        matches: &[Match::Has(ent!("9.9.719.1.9.6.1.2.1"))],
        priority: 5,
        model: Get::Text(&[ent!("9.9.719.1.9.6.1.6.1")]),
        serial: Get::Serial(&[ent!("9.9.719.1.9.6.1.14.1")]),
        ..NOTHING
    },
    Vendor {
        name_of_module: "CiscoPortSecurity",
        matches: &[Match::Has(ent!("9.9.315.1.1.3.0"))],
        priority: 5,
        extend: Some(last_addresses),
        ..NOTHING
    },
];

/// cpsIfSecureLastMacAddress: one address a port, which is what is connected to it.
fn last_addresses(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    const LAST: &str = ent!("9.9.315.1.2.1.1.10");
    let column = device.column(LAST)?;
    for (suffix, value) in Table::of(&column, LAST).iter() {
        let (Some(port), Some(mac)) = (suffix.single(), value::mac(value)) else { continue };
        if let Some(port) = sections.ports.get_mut(&port).filter(|port| port.neighbour.is_none()) {
            port.macs = vec![mac];
        }
    }
    Ok(())
}
