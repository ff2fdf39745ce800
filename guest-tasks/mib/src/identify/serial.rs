//! Serial number and firmware.

use super::{Identity, names};
use crate::device::Device;
use crate::{Gone, value, vendors};

/// Where makers keep the serial number, for devices whose module or whose standard objects do not say.
const SERIALS: &[&str] = &[
    "1.3.6.1.4.1.2636.3.1.3.0",
    "1.3.6.1.4.1.248.14.1.1.9.1.10.1",
    "1.3.6.1.4.1.253.8.53.3.2.1.3.1",
    "1.3.6.1.4.1.367.3.2.1.2.1.4.0",
    "1.3.6.1.4.1.641.2.1.2.1.6.1",
    "1.3.6.1.4.1.1602.1.2.1.4.0",
    "1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0",
    "1.3.6.1.4.1.318.1.1.4.1.5.0",
    "1.3.6.1.4.1.6027.3.8.1.1.5.0",
    "1.3.6.1.4.1.6027.3.10.1.2.2.1.12.1",
    "1.3.6.1.4.1.3417.2.11.1.4.0",
    "1.3.6.1.4.1.232.2.2.2.1.0",
    "1.3.6.1.4.1.232.11.2.10.3.0",
];

/// Where makers keep the version of the firmware.
const FIRMWARES: &[&str] =
    &["1.3.6.1.4.1.9.9.25.1.1.1.2.5", "1.3.6.1.4.1.248.14.1.1.2.0", "1.3.6.1.4.1.2636.3.40.1.4.1.1.1.5.0"];

pub(super) fn serial(device: &Device, identity: &Identity) -> Result<Option<String>, Gone> {
    if let Some(serial) = vendors::first(device, identity, |vendor| vendor.serial)? {
        return Ok(value::serial_of_text(&serial));
    }
    for column in [names::ENTITY_SERIAL, names::PRINTER_SERIAL] {
        if let Some(serial) = device.first(column, value::serial)? {
            return Ok(Some(serial));
        }
    }
    device.ask(SERIALS.iter().chain(FIRMWARES).copied())?;
    for name in SERIALS {
        if let Some(serial) = device.serial(name)? {
            return Ok(Some(serial));
        }
    }
    Ok(None)
}

/// Version and date.
pub(super) fn firmware(device: &Device, identity: &Identity) -> Result<(Option<String>, Option<String>), Gone> {
    let date = vendors::first(device, identity, |vendor| vendor.firmware_date)?;
    let date = date.filter(|date| airlock_model::dates::is_date(date));
    if let Some(firmware) = vendors::first(device, identity, |vendor| vendor.firmware)? {
        return Ok((Some(firmware), date));
    }
    for column in [names::ENTITY_SOFTWARE, names::ENTITY_FIRMWARE] {
        if let Some(firmware) = device.first_text(column)? {
            return Ok((Some(value::collapsed(&firmware)), date));
        }
    }
    Ok((device.first_of(FIRMWARES)?.map(|text| value::collapsed(&text)), date))
}
