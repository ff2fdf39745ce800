//! Memory modules, from Win32_PhysicalMemory and Win32_PhysicalMemoryArray.

use super::wmi::Instance;
use airlock_model::Row;

/// One module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    pub caption: Option<String>,
    pub description: Option<String>,
    pub form: Option<&'static str>,
    pub kind: Option<&'static str>,
    /// MB.
    pub size: Option<u64>,
    /// MHz.
    pub speed: Option<u64>,
    pub serial: Option<String>,
    pub manufacturer: Option<String>,
    pub part_number: Option<String>,
    pub locator: Option<String>,
    pub removable: bool,
}

/// A group of slots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Array {
    pub slots: Option<u64>,
    pub correction: Option<&'static str>,
}

pub fn modules(instances: &[Instance]) -> Vec<Module> {
    let modules = instances.iter().map(|instance| {
        let text = |name: &str| instance.text(name).map(str::to_owned);
        Module {
            caption: text("Caption"),
            description: text("Description"),
            form: instance.number("FormFactor").and_then(form),
            // The newer property has the number of SMBIOS; the older one does not know DDR3 and later.
            kind: instance
                .number("SMBIOSMemoryType")
                .and_then(smbios_kind)
                .or_else(|| instance.number("MemoryType").and_then(kind)),
            size: instance.number("Capacity").map(|bytes| bytes >> 20),
            speed: instance.number("Speed"),
            serial: text("SerialNumber"),
            manufacturer: text("Manufacturer"),
            part_number: text("PartNumber"),
            locator: text("DeviceLocator"),
            removable: instance.flag("Removable").unwrap_or(false),
        }
    });
    modules.collect()
}

pub fn arrays(instances: &[Instance]) -> Vec<Array> {
    let arrays = instances.iter().map(|instance| Array {
        slots: instance.number("MemoryDevices"),
        correction: instance.number("MemoryErrorCorrection").and_then(correction),
    });
    arrays.collect()
}

/// Rows of the section `memories`. The error correction is said where there is one array only.
pub fn rows(modules: &[Module], arrays: &[Array]) -> Vec<Row> {
    let correction = match arrays {
        [array] => array.correction,
        _ => None,
    };
    let mut rows = Vec::new();
    for (module, position) in modules.iter().zip(1_u32..) {
        let mut row = Row::new();
        row.maybe("caption", module.locator.clone().or_else(|| module.caption.clone()))
            .maybe("description", module.description.clone())
            .maybe("formfactor", module.form)
            .maybe("type", module.kind.filter(|kind| *kind != "Unknown"))
            .maybe("capacity", module.size)
            .maybe("speed", module.speed.map(|speed| speed.to_string()))
            .maybe("serialnumber", module.serial.clone())
            .maybe("manufacturer", module.manufacturer.clone())
            .maybe("model", module.part_number.clone())
            .maybe("memorycorrection", correction)
            .set("removable", module.removable)
            .set("numslots", position);
        rows.push(row);
    }
    rows
}

/// Win32_PhysicalMemory.FormFactor.
fn form(number: u64) -> Option<&'static str> {
    const FORMS: [&str; 24] = [
        "Unknown",
        "Other",
        "SIP",
        "DIP",
        "ZIP",
        "SOJ",
        "Proprietary",
        "SIMM",
        "DIMM",
        "TSOP",
        "PGA",
        "RIMM",
        "SODIMM",
        "SRIMM",
        "SMD",
        "SSMP",
        "QFP",
        "TQFP",
        "SOIC",
        "LCC",
        "PLCC",
        "BGA",
        "FPBGA",
        "LGA",
    ];
    FORMS.get(usize::try_from(number).ok()?).copied()
}

/// Win32_PhysicalMemory.MemoryType.
fn kind(number: u64) -> Option<&'static str> {
    const KINDS: [&str; 27] = [
        "Unknown",
        "Other",
        "DRAM",
        "Synchronous DRAM",
        "Cache DRAM",
        "EDO",
        "EDRAM",
        "VRAM",
        "SRAM",
        "RAM",
        "ROM",
        "Flash",
        "EEPROM",
        "FEPROM",
        "EPROM",
        "CDRAM",
        "3DRAM",
        "SDRAM",
        "SGRAM",
        "RDRAM",
        "DDR",
        "DDR2",
        "DDR2 FB-DIMM",
        "",
        "DDR3",
        "FBD2",
        "DDR4",
    ];
    KINDS.get(usize::try_from(number).ok()?).copied().filter(|kind| !kind.is_empty())
}

/// SMBIOS type 17, offset 12h (DSP0134 7.18.2), of the kinds that a Windows that tells it runs with.
fn smbios_kind(number: u64) -> Option<&'static str> {
    Some(match number {
        0x12 => "DDR",
        0x13 => "DDR2",
        0x14 => "DDR2 FB-DIMM",
        0x18 => "DDR3",
        0x1a => "DDR4",
        0x1b => "LPDDR",
        0x1c => "LPDDR2",
        0x1d => "LPDDR3",
        0x1e => "LPDDR4",
        0x22 => "DDR5",
        0x23 => "LPDDR5",
        _ => return None,
    })
}

/// Win32_PhysicalMemoryArray.MemoryErrorCorrection.
fn correction(number: u64) -> Option<&'static str> {
    const KINDS: [&str; 8] = ["", "Other", "Unknown", "None", "Parity", "Single-bit ECC", "Multi-bit ECC", "CRC"];
    KINDS.get(usize::try_from(number).ok()?).copied().filter(|kind| !kind.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn modules_of_an_array() {
        let found = modules(&instances(
            "Capacity=8589934592\nFormFactor=12\nSMBIOSMemoryType=26\nSpeed=2400\nDeviceLocator=A1\n\nCapacity=x\nMemoryType=99\n",
        ));
        let arrays = arrays(&instances("MemoryDevices=2\nMemoryErrorCorrection=5\n"));
        let rows = rows(&found, &arrays);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].integer("capacity"), rows[0].text("type")), (Some(8192), Some("DDR4")));
        assert_eq!(
            (rows[0].text("formfactor"), rows[0].text("memorycorrection")),
            (Some("SODIMM"), Some("Single-bit ECC"))
        );
        assert_eq!((rows[1].integer("capacity"), rows[1].integer("numslots")), (None, Some(2)));
    }
}
