//! USB devices, from the instances of CIM_LogicalDevice whose identifier begins with `USB\`.

use super::wmi::Instance;
use crate::usb::Device;
use std::collections::BTreeMap;

/// Devices with vendor and product, each once: hubs of controllers have neither.
pub fn devices(instances: &[Instance]) -> Vec<Device> {
    let mut devices: Vec<Device> = Vec::new();
    let mut seen: BTreeMap<(u16, u16), usize> = BTreeMap::new();
    for instance in instances {
        let Some(path) = instance.text("DeviceID").or_else(|| instance.text("PNPDeviceID")) else { continue };
        let Some((vendor, product, serial)) = identified(path) else { continue };
        // A device of several functions comes again for each of them; only the device itself has the serial number.
        if let Some(&at) = seen.get(&(vendor, product)) {
            if let (Some(known), Some(serial)) = (devices.get_mut(at), serial)
                && known.serial.is_none()
            {
                known.serial = Some(serial.to_owned());
            }
            continue;
        }
        seen.insert((vendor, product), devices.len());
        devices.push(Device {
            vendor,
            product,
            class: None,
            name: instance.text("Caption").or_else(|| instance.text("Name")).map(str::to_owned),
            maker: instance.text("Manufacturer").map(str::to_owned),
            serial: serial.map(str::to_owned),
        });
    }
    devices
}

/// `USB\VID_05E0&PID_1200\…`: what is behind it is the serial number, unless the system made it up: then it has `&`.
fn identified(path: &str) -> Option<(u16, u16, Option<&str>)> {
    let mut steps = path.splitn(3, '\\');
    let (bus, device, instance) = (steps.next()?, steps.next()?, steps.next());
    if bus != "USB" {
        return None;
    }
    let number = |mark: &str| {
        let digits =
            device.split('&').find_map(|part| part.to_ascii_uppercase().strip_prefix(mark).map(str::to_owned))?;
        u16::from_str_radix(&digits, 16).ok()
    };
    // Blanks stand as `_` in the text of scanners that say more than their number.
    let serial = instance.map(|text| text.split("_REV:").next().unwrap_or(text));
    let serial = serial.filter(|serial| !serial.contains('&') && !serial.is_empty());
    Some((number("VID_")?, number("PID_")?, serial))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn devices_once_each() {
        let found = devices(&instances(
            "DeviceID=USB\\ROOT_HUB\\4&1\nCaption=Hub\n\nDeviceID=USB\\VID_046A&PID_0009&MI_00\\6&1\nCaption=A\n\n\
             DeviceID=USB\\Vid_046a&Pid_0009\\S1\nCaption=B\n\nDeviceID=PCI\\VEN_1\\1\n",
        ));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].vendor, found[0].product, found[0].serial.as_deref()), (0x46a, 9, Some("S1")));
        assert_eq!(found[0].name.as_deref(), Some("A"));
    }

    #[test]
    fn garbage_is_no_device() {
        for path in ["", "USB", "USB\\VID_&PID_", "USB\\VID_XXXX&PID_0001\\1", "USB\\VID_11111&PID_0001\\1"] {
            assert_eq!(identified(path), None, "{path}");
        }
    }
}
