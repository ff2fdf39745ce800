//! What `lshal` prints about disks and volumes, on systems of the time before udev knew them.
//!
//! Source: HAL 0.5.10 Specification, namespaces `block`, `storage` and `volume`.

use super::disk::{Disk, said};
use airlock_model::Row;

/// More devices than any machine has.
const MOST: usize = 65_536;

/// One device: its keys and values, without the quotes and the type behind them.
type Device<'a> = Vec<(&'a str, &'a str)>;

fn devices(text: &str) -> Vec<Device<'_>> {
    let mut devices: Vec<Device<'_>> = Vec::new();
    for line in text.lines() {
        if line.starts_with("udi = ") {
            if devices.len() == MOST {
                break;
            }
            devices.push(Device::new());
        } else if let (Some(device), Some((name, value))) = (devices.last_mut(), line.trim_start().split_once(" = ")) {
            let value = match value.strip_prefix('\'') {
                Some(quoted) => quoted.rsplit_once('\'').map_or(quoted, |(value, _)| value),
                None => value.split("  ").next().unwrap_or_default(),
            };
            device.push((name, value));
        }
    }
    devices
}

fn get<'a>(device: &Device<'a>, name: &str) -> Option<&'a str> {
    device.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).filter(|value| !value.is_empty())
}

/// The disks.
pub fn disks(text: &str) -> Vec<Disk> {
    let disks = devices(text).into_iter().filter(|device| get(device, "storage.drive_type").is_some());
    disks
        .map(|device| {
            let value = |name: &str| get(&device, name).and_then(said);
            let size = get(&device, "storage.size").or_else(|| get(&device, "storage.removable.media_size"));
            Disk {
                name: value("block.device").map(|name| name.trim_start_matches("/dev/").to_owned()),
                maker: value("storage.vendor"),
                model: value("storage.model"),
                firmware: value("storage.firmware_version"),
                serial: value("storage.serial"),
                kind: value("storage.drive_type"),
                bytes: size.and_then(|size| size.parse().ok()),
                ..Disk::default()
            }
            .measured()
        })
        .collect()
}

/// Rows of the section `drives`: the volumes, mounted or not.
pub fn volumes(text: &str) -> Vec<Row> {
    let volumes = devices(text).into_iter().filter(|device| get(device, "block.is_volume") == Some("true"));
    volumes
        .map(|device| {
            let bytes = get(&device, "volume.size").and_then(|size| size.parse::<u64>().ok());
            let mut row = Row::new();
            row.maybe("volumn", get(&device, "block.device"))
                .maybe("filesystem", get(&device, "volume.fstype"))
                .maybe("label", get(&device, "volume.label"))
                .maybe("serial", get(&device, "volume.uuid"))
                // The nearest megabyte.
                .maybe("total", bytes.map(|bytes| bytes.saturating_add(1 << 19) >> 20));
            row
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\nDumping 2 device(s)\n---\nudi = '/org/disk'\n  block.device = '/dev/sda'  (string)\n\
        \x20 block.is_volume = false  (bool)\n  storage.drive_type = 'disk'  (string)\n  storage.model = 'It's one'  (string)\n\
        \x20 storage.size = 128035676160  (0x1dcf856000)  (uint64)\n\nudi = '/org/volume'\n  block.device = '/dev/sda1'  (string)\n\
        \x20 block.is_volume = true  (bool)\n  volume.size = 106896384  (0x65f1c00)  (uint64)\n  volume.label = ''  (string)\n\
        \x20 volume.fstype = 'ext3'  (string)\n";

    #[test]
    fn disks_and_volumes() {
        let disks = disks(TEXT);
        let [disk] = disks.as_slice() else { panic!("{disks:?}") };
        assert_eq!((disk.name.as_deref(), disk.model.as_deref()), (Some("sda"), Some("It's one")));
        assert_eq!(disk.megabytes, Some(128_035));
        let volumes = volumes(TEXT);
        let [volume] = volumes.as_slice() else { panic!("{volumes:?}") };
        assert_eq!((volume.text("volumn"), volume.integer("total")), (Some("/dev/sda1"), Some(102)));
        assert_eq!((volume.text("filesystem"), volume.get("label")), (Some("ext3"), None));
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", "udi = ", "udi = \n = \nx = '", "block.is_volume = true"] {
            assert!(disks(text).is_empty() && volumes(text).is_empty(), "{text}");
        }
    }
}
