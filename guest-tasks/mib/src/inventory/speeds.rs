//! How fast a port is: in bits a second up to 4 Gbit/s, in millions of them above (IF-MIB, RFC 2863).

use crate::device::Device;
use crate::{Gone, Table, value};
use std::collections::BTreeMap;

const SPEED: &str = "1.3.6.1.2.1.2.2.1.5";
const HIGH_SPEED: &str = "1.3.6.1.2.1.31.1.1.1.15";
pub(super) const COLUMNS: &[&str] = &[SPEED, HIGH_SPEED];

/// Bits a second, by port. What the device says in millions goes first, unless it is nought: slow ports say so.
pub fn read(device: &Device) -> Result<BTreeMap<u32, i64>, Gone> {
    let mut speeds = BTreeMap::new();
    for (root, unit) in [(SPEED, 1), (HIGH_SPEED, 1_000_000)] {
        let rows = device.column(root)?;
        for (suffix, said) in Table::of(&rows, root).iter() {
            let speed = value::count(said).and_then(|speed| speed.checked_mul(unit));
            if let (Some(number), Some(speed)) = (suffix.single(), speed.filter(|speed| unit == 1 || *speed != 0)) {
                speeds.insert(number, speed);
            }
        }
    }
    Ok(speeds)
}
