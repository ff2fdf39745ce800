//! How much of the processor is in use, how much memory there is.

use crate::device::Device;
use crate::{Gone, value};
use airlock_model::Row;

/// cpmCPUTotal5secRev, cpmCPUTotal5sec (Cisco).
const PROCESSOR: &[&str] = &["1.3.6.1.4.1.9.9.109.1.1.1.1.6.1", "1.3.6.1.4.1.9.9.109.1.1.1.1.3.1"];
/// hrStorageSize.1 (RFC 2790).
const MEMORY: &str = "1.3.6.1.2.1.25.2.3.1.5.1";
/// memTotalReal (UCD), processorRam (Cisco), hrMemorySize (RFC 2790), each with what makes a MiB of it.
const RAM: &[(&str, i64)] =
    &[("1.3.6.1.4.1.2021.4.5.0", 1024), ("1.3.6.1.4.1.9.3.6.6.0", 1024 * 1024), ("1.3.6.1.2.1.25.2.2.0", 1024)];

/// Adds `cpu`, `memory` and `ram` to a device's row.
pub fn read(device: &Device, info: &mut Row) -> Result<(), Gone> {
    device.ask(PROCESSOR.iter().copied().chain([MEMORY]).chain(RAM.iter().map(|(name, _)| *name)))?;
    let count = |name: &str| -> Result<Option<i64>, Gone> { Ok(device.value(name)?.as_ref().and_then(value::count)) };
    for name in PROCESSOR {
        info.otherwise("cpu", count(name)?);
    }
    info.maybe("memory", device.value(MEMORY)?.as_ref().and_then(value::megabytes));
    for (name, unit) in RAM {
        info.otherwise("ram", count(name)?.map(|size| size / unit).filter(|size| *size > 0));
    }
    Ok(())
}
