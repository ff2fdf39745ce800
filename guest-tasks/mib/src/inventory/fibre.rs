//! Ports of fibre channel switches (FIBRE-CHANNEL-FE-MIB, RFC 2837; Fibre Alliance MIB), which some switches do not count
//! among their interfaces. Which switches need this is said by the owner's database of sysObjectIDs.

use super::mac_table;
use crate::device::Device;
use crate::sections::{Port, Sections};
use crate::{Gone, Suffix, Syntax, Table, value};
use airlock_model::Row;

/// fcFxPortNxPortName: who has logged in at a port, by the port's number and that of the login.
const LOGGED_IN: &str = "1.3.6.1.2.1.75.1.2.3.1.10";
/// fcFxPortName, fcFxPortPhysOperStatus, by the number of the switch and of the port.
const NAME: &str = "1.3.6.1.2.1.75.1.1.5.1.2.1";
const STATUS: &str = "1.3.6.1.2.1.75.1.2.2.1.2.1";
/// connUnitSn.
const SERIAL: &str = "1.3.6.1.3.94.1.6.1.8.16.0.0.192.221.12";
/// fibreChannel of IANAifType.
const FIBRE_CHANNEL: i64 = 56;
/// Ports that are no interfaces get numbers of their own: 10NN00 for port NN.
const FIRST: u32 = 100_000;
const STEP: u32 = 100;

/// Brocade: who is connected, at the n-th fibre channel interface. Qlogic: the ports as well, and the serial number.
pub fn read(device: &Device, module: &str, sections: &mut Sections) -> Result<(), Gone> {
    match module {
        "Brocade" => {
            let ports: Vec<u32> = fibre(sections).collect();
            connected(device, sections, |port| {
                let at = usize::try_from(port.checked_sub(1)?).ok()?;
                ports.get(at).copied()
            })
        }
        "Qlogic" => {
            create(device, sections)?;
            connected(device, sections, number)?;
            if sections.device.text("serial").is_none() {
                sections.device.maybe("serial", device.first(SERIAL, value::serial)?);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn fibre(sections: &Sections) -> impl Iterator<Item = u32> + '_ {
    let ports = sections.ports.iter();
    ports.filter(|(_, port)| port.row.integer("iftype") == Some(FIBRE_CHANNEL)).map(|(number, _)| *number)
}

fn number(port: u32) -> Option<u32> {
    port.checked_sub(1)?.checked_mul(STEP)?.checked_add(FIRST)
}

fn create(device: &Device, sections: &mut Sections) -> Result<(), Gone> {
    device.walk(&[NAME, STATUS])?;
    let names = device.column(NAME)?;
    let states = device.column(STATUS)?;
    let states = Table::of(&states, STATUS);
    for (suffix, name) in Table::of(&names, NAME).iter() {
        let Some(number) = suffix.from_end(0).and_then(number) else { continue };
        let mut row = Row::new().with("iftype", FIBRE_CHANNEL);
        row.maybe("mac", value::mac(name));
        row.maybe("ifname", suffix.from_end(0).map(|port| format!("FC port {port}")));
        row.maybe("ifstatus", states.get(suffix).and_then(|state| value::within(state, 1..=7)));
        sections.ports.entry(number).or_insert(Port { row, ..Port::default() });
    }
    Ok(())
}

fn connected(device: &Device, sections: &mut Sections, interface: impl Fn(u32) -> Option<u32>) -> Result<(), Gone> {
    let rows = device.column(LOGGED_IN)?;
    let login = |(suffix, name): (&Suffix, &Syntax)| Some((interface(suffix.from_end(1)?)?, value::mac(name)?));
    for (number, names) in mac_table::gathered(Table::of(&rows, LOGGED_IN).iter().filter_map(login)) {
        if let Some(port) = sections.ports.get_mut(&number) {
            port.saw(names);
        }
    }
    Ok(())
}
