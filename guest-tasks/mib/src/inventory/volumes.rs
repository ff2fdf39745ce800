//! Volumes of a storage server: the file systems on its fixed disks (hrStorageTable, RFC 2790).

use crate::device::Device;
use crate::sections::Sections;
use crate::{Gone, Suffix, Syntax, Table, value};
use airlock_model::Row;

/// hrStorageType, …Descr, …AllocationUnits, …Size, …Used.
const KIND: &str = "1.3.6.1.2.1.25.2.3.1.2";
const NAME: &str = "1.3.6.1.2.1.25.2.3.1.3";
const UNIT: &str = "1.3.6.1.2.1.25.2.3.1.4";
const SIZE: &str = "1.3.6.1.2.1.25.2.3.1.5";
const USED: &str = "1.3.6.1.2.1.25.2.3.1.6";
/// hrStorageFixedDisk.
const FIXED_DISK: &str = "1.3.6.1.2.1.25.2.1.4";
const MEGABYTE: i64 = 1024 * 1024;

/// Adds the volumes, where nothing else told of any. A size that is nought or negative is none.
pub fn read(device: &Device, sections: &mut Sections) -> Result<(), Gone> {
    if !sections.drives.is_empty() {
        return Ok(());
    }
    device.walk(&[KIND, NAME, UNIT, SIZE, USED])?;
    let (kinds, names, units) = (device.column(KIND)?, device.column(NAME)?, device.column(UNIT)?);
    let (sizes, used) = (device.column(SIZE)?, device.column(USED)?);
    let (names, units) = (Table::of(&names, NAME), Table::of(&units, UNIT));
    let (sizes, used) = (Table::of(&sizes, SIZE), Table::of(&used, USED));
    for (row, kind) in Table::of(&kinds, KIND).iter() {
        if !matches!(kind, Syntax::Oid(kind) if kind == FIXED_DISK) {
            continue;
        }
        let unit = units.get(row).and_then(value::count).filter(|unit| *unit > 0);
        let megabytes = |blocks: i64| Some(blocks.checked_mul(unit?)? / MEGABYTE);
        let count = |table: &Table, row: &Suffix| table.get(row).and_then(value::count);
        let (Some(name), Some(size)) = (names.get(row).and_then(value::text), count(&sizes, row).filter(|n| *n > 0))
        else {
            continue;
        };
        let free = count(&used, row).and_then(|used| size.checked_sub(used)).filter(|free| *free >= 0);
        let mut volume = Row::new().with("volumn", name);
        volume.maybe("total", megabytes(size)).maybe("free", free.and_then(megabytes));
        sections.drives.push(volume);
    }
    Ok(())
}
