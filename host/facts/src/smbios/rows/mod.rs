//! From what SMBIOS says to the rows of the schema's sections, whoever decoded it: from bytes, or from the text of a tool.

mod battery;
mod bios;
mod connector;
mod date;
mod hardware;
mod maker;
mod memory;
mod part_number;
mod power_supply;
mod slot;

pub(crate) use battery::{battery, battery_serial, is_battery};
pub(crate) use bios::bios;
pub(crate) use connector::{complete_connector, connector};
pub(crate) use date::iso_date;
pub(crate) use hardware::hardware;
pub(crate) use memory::memory;
pub(crate) use part_number::of_dell;
pub(crate) use power_supply::power_supply;
pub(crate) use slot::{complete_slot, slot};
