//! Records as the structures that SMBIOS decodes to from its bytes.

use super::record::Record;
use crate::smbios::{
    Battery, Board, Chassis, Connector, Firmware, Identity, Made, MemoryDevice, PowerSupply, Processor, Slot,
    SlotUsage, State, System, Word,
};
use crate::units::{Base, megabytes, megahertz, millivolts, milliwatt_hours, watts};

pub(super) fn identity(records: &[Record<'_>]) -> Identity {
    let first = |kind: u8| records.iter().find(|record| record.kind == kind);
    let boards = || records.iter().filter(|record| record.kind == 2);
    let main =
        boards().find(|board| board.says("Board is a hosting board") || board.value("Type") == Some("Motherboard"));
    Identity {
        firmware: first(0).map(firmware).unwrap_or_default(),
        system: first(1).map(system).unwrap_or_default(),
        board: main.or_else(|| boards().next()).map(board).unwrap_or_default(),
        chassis: first(3).map(chassis).unwrap_or_default(),
    }
}

fn firmware(record: &Record<'_>) -> Firmware {
    Firmware {
        vendor: record.text("Vendor"),
        version: record.text("Version"),
        date: record.text("Release Date"),
        virtual_machine: record.says("System is a virtual machine"),
    }
}

fn system(record: &Record<'_>) -> System {
    System {
        manufacturer: record.text("Manufacturer").or_else(|| record.text("Vendor")),
        product: record.text("Product Name").or_else(|| record.text("Product")),
        version: record.text("Version"),
        serial: record.text("Serial Number"),
        uuid: record.text("UUID").filter(|uuid| is_uuid(uuid)),
        sku: record.text("SKU Number"),
    }
}

/// Neither `Not Settable` and the like, nor zeros or ones alone.
fn is_uuid(text: &str) -> bool {
    let digits = || text.bytes().filter(|byte| *byte != b'-');
    let dashes = text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 8 | 13 | 18 | 23));
    text.len() == 36
        && dashes
        && digits().all(|byte| byte.is_ascii_hexdigit())
        && !digits().all(|byte| byte == b'0')
        && !digits().all(|byte| matches!(byte, b'f' | b'F'))
}

fn board(record: &Record<'_>) -> Board {
    Board {
        manufacturer: record.text("Manufacturer"),
        product: record.text("Product Name"),
        serial: record.text("Serial Number"),
    }
}

fn chassis(record: &Record<'_>) -> Chassis {
    Chassis { kind: record.word("Type"), serial: record.text("Serial Number"), asset_tag: record.text("Asset Tag") }
}

/// The places for modules; where there is none, the modules of tables from before version 2.1.
pub(super) fn memory_devices(records: &[Record<'_>]) -> Vec<MemoryDevice> {
    let of = |kind: u8| records.iter().filter(move |record| record.kind == kind);
    // Before version 2.0 a place had nothing but its handle.
    if !of(17).any(|device| device.value("Size").is_some()) {
        return of(6).map(memory_module).collect();
    }
    let arrays: Vec<&Record<'_>> = of(16).collect();
    of(17)
        .map(|device| {
            let handle = device.value("Array Handle");
            let array = arrays.iter().find(|array| Some(array.handle) == handle);
            memory_device(device, array.and_then(|array| array.word("Error Correction Type")))
        })
        .collect()
}

fn memory_device(record: &Record<'_>, correction: Option<Word>) -> MemoryDevice {
    let speed = |label: &str| plain(record.value(label)?, megahertz).and_then(|speed| u32::try_from(speed).ok());
    let kind = record.word("Type");
    MemoryDevice {
        locator: record.text("Locator"),
        form_factor: record.word("Form Factor"),
        flash: kind.as_deref() == Some("Flash"),
        kind,
        size: record.value("Size").and_then(size),
        speed: speed("Speed").or_else(|| speed("Configured Memory Speed")).or_else(|| speed("Configured Clock Speed")),
        manufacturer: record.text("Manufacturer"),
        serial: record.text("Serial Number"),
        part_number: record.text("Part Number"),
        correction,
    }
}

fn memory_module(record: &Record<'_>) -> MemoryDevice {
    MemoryDevice {
        kind: record.word("Type"),
        size: record.value("Installed Size").and_then(size),
        ..MemoryDevice::default()
    }
}

fn size(text: &str) -> Option<u64> {
    plain(text, |text| megabytes(text, Base::Binary)?.whole())
}

/// A quantity without what stands behind it in parentheses; zero is none.
fn plain(text: &str, read: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let quantity = text.split('(').next()?;
    read(quantity).filter(|number| *number != 0)
}

pub(super) fn slot(record: &Record<'_>) -> Slot {
    Slot {
        designation: record.text("Designation"),
        // The width is part of it.
        kind: record.word("Type"),
        width: None,
        usage: match record.value("Current Usage") {
            Some("Available") => Some(SlotUsage::Available),
            Some("In Use") => Some(SlotUsage::InUse),
            _ => None,
        },
        id: record.text("ID"),
    }
}

/// Before version 2.0 the labels were others, and the only name on the case is that of the connector.
pub(super) fn connector(record: &Record<'_>) -> Connector {
    let old = record.text("External Designator");
    Connector {
        internal_name: record
            .text("Internal Reference Designator")
            .or_else(|| record.text("Internal Designator"))
            .or_else(|| old.clone()),
        internal_connector: record.word("Internal Connector Type").or(old.map(Word::Owned)),
        external_name: record.text("External Reference Designator"),
        external_connector: record.word("External Connector Type"),
        purpose: record.word("Port Type"),
    }
}

pub(super) fn power_supply(record: &Record<'_>) -> PowerSupply {
    let power = record.value("Max Power Capacity").and_then(max_power);
    PowerSupply {
        location: record.text("Location"),
        name: record.text("Name"),
        manufacturer: record.text("Manufacturer"),
        serial: record.text("Serial Number"),
        part_number: record.text("Model Part Number"),
        power: power.and_then(|power| u16::try_from(power).ok()),
        state: record.value("Status").map(|status| State {
            hot_replaceable: record.yes("Hot Replaceable"),
            present: !status.starts_with("Not Present"),
            plugged: record.yes("Plugged"),
            status: Word::Owned(status.to_owned()),
            battery: record.value("Type") == Some("Battery"),
        }),
    }
}

/// Some versions take the number for milliwatts, as the standard has it, and print `0.460 W`; firmware means watts.
fn max_power(text: &str) -> Option<u64> {
    match text.split_once('.') {
        Some((whole, rest)) if rest.find(|c: char| !c.is_ascii_digit()) == Some(3) => {
            plain(&format!("{whole}{rest}"), watts)
        }
        _ => plain(text, watts),
    }
}

pub(super) fn battery(record: &Record<'_>) -> Battery {
    let number = || u16::from_str_radix(record.value("SBDS Serial Number")?, 16).ok().filter(|number| *number != 0);
    let voltage = record.value("Design Voltage").and_then(|voltage| plain(voltage, millivolts));
    Battery {
        manufacturer: record.text("Manufacturer"),
        name: record.text("Name"),
        serial: record.text("Serial Number").or_else(|| number().map(|number| number.to_string())),
        chemistry: record.text("Chemistry").or_else(|| record.text("SBDS Chemistry")),
        made: record.text("Manufacture Date").or_else(|| record.text("SBDS Manufacture Date")).map(Made::Text),
        capacity: record.value("Design Capacity").and_then(|charge| plain(charge, |text| milliwatt_hours(text, None))),
        voltage: voltage.and_then(|voltage| u16::try_from(voltage).ok()),
    }
}

/// None for a socket that is empty or switched off.
pub(super) fn processor(record: &Record<'_>) -> Option<Processor> {
    let status = record.value("Status").unwrap_or("Populated");
    let kind = record.value("Type").unwrap_or_default();
    let other_kind = ["Math", "DSP", "Video"].iter().any(|other| kind.starts_with(other));
    // Old ones do not say whether there is a processor in the socket.
    let is_empty = record.value("Processor Manufacturer").is_some_and(|maker| maker.bytes().all(|b| b == b'0'));
    if other_kind || is_empty || !status.starts_with("Populated") || status.contains("Disabled") {
        return None;
    }
    Some(Processor {
        manufacturer: record.text("Manufacturer").or_else(|| record.text("Processor Manufacturer")),
        version: record.text("Version").or_else(|| record.text("Processor Version")),
        family: record.word("Family").or_else(|| record.word("Processor Family")),
        id: record.value("ID").and_then(identification),
        serial: record.text("Serial Number"),
        external_clock: record.number("External Clock"),
        max_speed: record.number("Max Speed"),
        current_speed: record.number("Current Speed"),
        cores: record.number("Core Count"),
        enabled_cores: record.number("Core Enabled"),
        threads: record.number("Thread Count"),
    })
}

/// Eight bytes, printed one by one, as hexadecimal digits with the last one first.
fn identification(text: &str) -> Option<String> {
    let bytes: Vec<&str> = text.split_whitespace().take(9).collect();
    let is_byte = |byte: &&str| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
    let id: String = bytes.iter().rev().copied().collect();
    (bytes.len() == 8 && bytes.iter().all(is_byte) && id.bytes().any(|digit| digit != b'0')).then_some(id)
}
