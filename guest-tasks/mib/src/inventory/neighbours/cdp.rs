//! CDP, Cisco's protocol (CISCO-CDP-MIB): telephones and older switches speak nothing else.

use super::Heard;
use crate::device::Device;
use crate::sections::Neighbour;
use crate::{Bind, Gone, Suffix, Syntax, Table, value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// cdpCacheAddress, …Version, …DeviceId, …DevicePort, …Platform, …SysName.
pub(super) const COLUMNS: &[&str] = &[ADDRESS, VERSION, DEVICE, PORT, PLATFORM, NAME];
const ADDRESS: &str = "1.3.6.1.4.1.9.9.23.1.2.1.1.4";
const VERSION: &str = "1.3.6.1.4.1.9.9.23.1.2.1.1.5";
const DEVICE: &str = "1.3.6.1.4.1.9.9.23.1.2.1.1.6";
const PORT: &str = "1.3.6.1.4.1.9.9.23.1.2.1.1.7";
const PLATFORM: &str = "1.3.6.1.4.1.9.9.23.1.2.1.1.8";
const NAME: &str = "1.3.6.1.4.1.9.9.23.1.2.1.1.17";
/// The desk telephones of this name repeat what the computer behind them says.
const REPEATER: &str = "Communicator";

/// Neighbours that tell what runs on them and what they are. A port at which several are heard leads to something that does
/// not speak CDP and passes it on: then none of them is at the other end.
pub fn read(device: &Device) -> Result<Heard, Gone> {
    let columns: Vec<Rc<[Bind]>> = COLUMNS.iter().map(|root| device.column(root)).collect::<Result<_, _>>()?;
    let tables: Vec<Table> = columns.iter().zip(COLUMNS).map(|(rows, root)| Table::of(rows, root)).collect();
    let [address, version, device_id, port, platform, name] = tables.as_slice() else { return Ok(Heard::new()) };
    let mut heard: BTreeMap<u32, Vec<Neighbour>> = BTreeMap::new();
    for (row, id) in device_id.iter() {
        let (Some(sysdescr), Some(model)) =
            (version.get(row).and_then(value::verbatim), platform.get(row).and_then(value::text))
        else {
            continue;
        };
        let Some(local) = local(row).filter(|_| !model.starts_with(REPEATER)) else { continue };
        heard.entry(local).or_default().push(Neighbour {
            sysmac: mac_of_id(id),
            sysname: name.get(row).and_then(value::text).or_else(|| name_of_id(id)),
            sysdescr: Some(sysdescr),
            ip: address.get(row).and_then(value::address),
            model: Some(model),
            ifdescr: port.get(row).and_then(name_of_id),
            mac: port.get(row).and_then(packed).and_then(value::mac_of_bytes),
            ..Neighbour::default()
        });
    }
    let only = |(local, mut all): (u32, Vec<Neighbour>)| Some((local, all.pop().filter(|_| all.is_empty())?));
    Ok(heard.into_iter().filter_map(only).collect())
}

/// The interface comes before the number of the neighbour.
fn local(row: &Suffix) -> Option<u32> {
    row.from_end(1)
}

/// Devices call themselves by their address: packed, as digits, or behind a few letters (`SEP001122334455`).
fn mac_of_id(id: &Syntax) -> Option<String> {
    if let Some(packed) = packed(id) {
        return value::mac_of_bytes(packed);
    }
    let text = value::text(id)?;
    let digits = text.get(text.len().checked_sub(12)?..)?;
    let letters = text.strip_suffix(digits)?;
    let named = letters.len() <= 3 && letters.bytes().all(|b| b.is_ascii_uppercase());
    let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if named && hex { value::mac_of_text(digits) } else { None }
}

/// Six bytes that are no text: an address, of a device or of a port.
fn packed(id: &Syntax) -> Option<&[u8]> {
    match id {
        Syntax::Octets(bytes) if bytes.len() == 6 && !bytes.iter().all(|b| (0x20..0x7f).contains(b)) => Some(bytes),
        _ => None,
    }
}

fn name_of_id(id: &Syntax) -> Option<String> {
    if packed(id).is_some() { None } else { value::text(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_by_its_address() {
        let of = |id: &[u8]| mac_of_id(&Syntax::Octets(id.to_vec()));
        assert_eq!(of(b"SEP020000AABB01").as_deref(), Some("02:00:00:aa:bb:01"));
        assert_eq!(of(b"020000aabb01").as_deref(), Some("02:00:00:aa:bb:01"));
        assert_eq!(of(&[2, 0, 0, 0xaa, 0xbb, 1]).as_deref(), Some("02:00:00:aa:bb:01"));
        assert_eq!(of(b"core-0123456789ab"), None);
        assert_eq!(of("Büro020000aabb0é".as_bytes()), None);
        assert_eq!(of(b"switch"), None);
    }
}
