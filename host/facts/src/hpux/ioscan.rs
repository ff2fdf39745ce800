//! Devices, from `ioscan -kFnC CLASS` (ioscan(1M)): fields between colons, and the device files on the lines below.

use airlock_model::Row;

const MOST: usize = 65_536;
const MOST_LINES: usize = 64;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The bus that it is on: `scsi`, `pci`.
    pub bus: String,
    pub driver: String,
    /// `0/3/1/0`.
    pub path: String,
    /// The modules of the kernel from the root to it: `root.sba.lba`.
    pub modules: String,
    pub description: String,
    /// The first device file of each line: the others name the same things once more.
    pub files: Vec<String>,
}

pub fn devices(text: &str) -> Vec<Device> {
    let mut found: Vec<Device> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            let file = line.split_ascii_whitespace().next();
            if let (Some(device), Some(file)) = (found.last_mut(), file)
                && device.files.len() < MOST_LINES
            {
                device.files.push(file.to_owned());
            }
        } else if let Some(device) = device(line) {
            if found.len() == MOST {
                break;
            }
            found.push(device);
        }
    }
    found
}

fn device(line: &str) -> Option<Device> {
    let mut fields = line.splitn(18, ':');
    let bus = fields.next()?;
    let (driver, path) = (fields.nth(8)?, fields.next()?);
    let modules = fields.nth(2)?;
    // The number of the card is behind the description.
    let description = fields.nth(3)?.rsplit_once(':')?.0;
    let [bus, driver, path, modules, description] = [bus, driver, path, modules, description].map(str::to_owned);
    Some(Device { bus, driver, path, modules, description, files: Vec::new() })
}

impl Device {
    /// A SCSI device's maker and model, of its answer to INQUIRY: the first eight characters are the maker's.
    pub fn inquiry(&self) -> (&str, &str) {
        let (maker, model) = self.description.split_once(' ').unwrap_or(("", &self.description));
        (maker, model.trim())
    }
}

/// The section `controllers`, of the classes `ext_bus`, `fc` and `psi`.
pub fn controllers(devices: &[Device]) -> Vec<Row> {
    devices.iter().map(|device| Row::new().with("type", device.description.as_str())).collect()
}

/// The section `slots`, of the classes `ba` and `bc`.
pub fn slots(devices: &[Device]) -> Vec<Row> {
    let row = |device: &Device| {
        let row = Row::new().with("name", format!("{}{}", device.driver, device.path));
        row.with("designation", device.modules.as_str()).with("description", device.description.as_str())
    };
    devices.iter().map(row).collect()
}

/// The section `storages`, of the classes `disk` and `tape`: a row a device, with its first file.
pub fn storages(devices: &[Device]) -> Vec<Row> {
    devices.iter().filter_map(|device| Some(storage(device, device.files.first()?))).collect()
}

/// A storage by one of its files.
pub fn storage(device: &Device, file: &str) -> Row {
    let (maker, model) = device.inquiry();
    let row = Row::new().with("name", file).with("description", device.bus.as_str());
    row.with("manufacturer", maker).with("model", model)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISK: &str = "scsi:wsio:T:T:F:31:188:0:disk:sdisk:0/1/1.0:5 128 0 :0:root.sba.sdisk:sdisk:CLAIMED:DEVICE:LAB     FAST DISK:0\n                /dev/dsk/c0t0d0   /dev/rdsk/c0t0d0\n                /dev/dsk/c0t0d0s1 \n";

    #[test]
    fn a_device_has_fields_and_files() {
        let found = devices(DISK);
        assert_eq!(found[0].path, "0/1/1.0");
        assert_eq!(found[0].modules, "root.sba.sdisk");
        assert_eq!(found[0].files, ["/dev/dsk/c0t0d0", "/dev/dsk/c0t0d0s1"]);
        let rows = storages(&found);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text("manufacturer"), Some("LAB"));
        assert_eq!(rows[0].text("model"), Some("FAST DISK"));
        assert_eq!(slots(&found)[0].text("name"), Some("sdisk0/1/1.0"));
        assert_eq!(controllers(&found)[0].text("type"), Some("LAB     FAST DISK"));
    }

    #[test]
    fn lines_of_fewer_fields_are_none() {
        assert!(devices("scsi:wsio\n  /dev/x\n:::\n\u{e9}\n").is_empty());
    }
}
