//! Ports of a bridge: they have numbers of their own, which are not those of the interfaces (BRIDGE-MIB, RFC 4188).

use crate::device::Device;
use crate::{Bind, Gone, Table, value};
use std::collections::BTreeMap;

/// dot1dBasePortIfIndex.
pub const BASE_PORT: &str = "1.3.6.1.2.1.17.1.4.1.2";

/// The interface of each port of the bridge.
pub fn interfaces(device: &Device) -> Result<BTreeMap<u32, u32>, Gone> {
    Ok(of(&device.column(BASE_PORT)?, BASE_PORT))
}

/// The same, of the rows of a column.
pub fn of(rows: &[Bind], root: &str) -> BTreeMap<u32, u32> {
    let interface = |value| value::integer(value).and_then(|number| u32::try_from(number).ok()).filter(|n| *n != 0);
    let table = Table::of(rows, root);
    table.iter().filter_map(|(suffix, value)| Some((suffix.from_end(0)?, interface(value)?))).collect()
}
