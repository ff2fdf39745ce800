//! LLDP (IEEE 802.1AB): who is at the other end of a port, in the standard way.

use super::Heard;
use crate::device::Device;
use crate::inventory::bridge;
use crate::sections::Neighbour;
use crate::{Bind, Gone, Suffix, Syntax, Table, value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// lldpRemChassisIdSubtype, …ChassisId, …PortIdSubtype, …PortId, …PortDesc, …SysName, …SysDesc.
pub(super) const COLUMNS: &[&str] =
    &[CHASSIS_KIND, CHASSIS, PORT_KIND, PORT, PORT_TEXT, NAME, TEXT, bridge::BASE_PORT, STACK_PORT];
const CHASSIS_KIND: &str = "1.0.8802.1.1.2.1.4.1.1.4";
const CHASSIS: &str = "1.0.8802.1.1.2.1.4.1.1.5";
const PORT_KIND: &str = "1.0.8802.1.1.2.1.4.1.1.6";
const PORT: &str = "1.0.8802.1.1.2.1.4.1.1.7";
const PORT_TEXT: &str = "1.0.8802.1.1.2.1.4.1.1.8";
const NAME: &str = "1.0.8802.1.1.2.1.4.1.1.9";
const TEXT: &str = "1.0.8802.1.1.2.1.4.1.1.10";
/// portIfIndex of CISCO-STACK-MIB, of the first module.
const STACK_PORT: &str = "1.3.6.1.4.1.9.5.1.4.1.1.11.1";
/// A chassis that is told by its hardware address.
const MAC_ADDRESS: i64 = 4;

/// Neighbours that tell their hardware address and their name or description. A port with several has the one that was
/// heard last. Devices of Juniper number their ports as interfaces are.
pub fn read(device: &Device, juniper: bool) -> Result<Heard, Gone> {
    let columns = [CHASSIS, PORT_KIND, PORT, PORT_TEXT, NAME, TEXT];
    let columns: Vec<Rc<[Bind]>> = columns.iter().map(|root| device.column(root)).collect::<Result<_, _>>()?;
    let column = |at: usize, root| columns.get(at).map(|rows| Table::of(rows, root)).unwrap_or_default();
    let (chassis, port_kind, port) = (column(0, CHASSIS), column(1, PORT_KIND), column(2, PORT));
    let (port_text, name, text) = (column(3, PORT_TEXT), column(4, NAME), column(5, TEXT));
    let interfaces = if juniper { BTreeMap::new() } else { interfaces(device)? };
    let kinds = device.column(CHASSIS_KIND)?;
    let mut heard = Heard::new();
    for (row, kind) in Table::of(&kinds, CHASSIS_KIND).iter() {
        if value::integer(kind) != Some(MAC_ADDRESS) {
            continue;
        }
        let mut neighbour = Neighbour {
            sysmac: chassis.get(row).and_then(value::mac),
            sysname: name.get(row).and_then(value::text),
            sysdescr: text.get(row).and_then(value::verbatim),
            ifdescr: port_text.get(row).and_then(value::verbatim),
            ..Neighbour::default()
        };
        if neighbour.sysmac.is_none() || (neighbour.sysname.is_none() && neighbour.sysdescr.is_none()) {
            continue;
        }
        if let Some(id) = port.get(row) {
            tell_port(&mut neighbour, port_kind.get(row).and_then(value::integer), id);
        }
        if let Some(local) = local(row) {
            heard.insert(interfaces.get(&local).copied().unwrap_or(local), neighbour);
        }
    }
    Ok(heard)
}

/// lldpRemLocalPortNum: between the time and the number of the neighbour.
fn local(row: &Suffix) -> Option<u32> {
    row.from_end(1)
}

fn interfaces(device: &Device) -> Result<BTreeMap<u32, u32>, Gone> {
    let mut interfaces = bridge::interfaces(device)?;
    interfaces.extend(bridge::of(&device.column(STACK_PORT)?, STACK_PORT));
    Ok(interfaces)
}

/// The neighbour's port, by its hardware address (3), or by a name or number of its own (1, 5, 7). Of other kinds it is
/// seen from what it looks like.
fn tell_port(neighbour: &mut Neighbour, kind: Option<i64>, id: &Syntax) {
    let named = matches!(kind, Some(1 | 5 | 7));
    let mac = (!named).then(|| value::mac(id)).flatten();
    if let Some(mac) = mac {
        neighbour.mac = Some(mac);
        return;
    }
    if kind == Some(3) {
        return;
    }
    match value::text(id) {
        Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => neighbour.ifnumber = number.parse().ok(),
        Some(name) => neighbour.ifdescr = Some(name),
        None => {}
    }
}
