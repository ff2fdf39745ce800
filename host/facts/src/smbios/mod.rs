//! SMBIOS: the firmware's own description of the machine (DMTF DSP0134), decoded from bytes.
//!
//! The bytes come from firmware and are not trusted: every length, count and string number is checked, nothing is read
//! past a structure, and the number of structures and the length of a text are bounded. A table that is not whole gives
//! what comes before the damage and says so ([`Tables::damage`]). Knows no platform: who has the bytes, decodes them.

mod battery;
mod board;
mod chassis;
mod connector;
mod firmware;
mod memory;
mod placeholder;
mod power_supply;
mod processor;
mod processor_family;
pub(crate) mod rows;
mod slot;
mod structure;
mod system;

pub(crate) use battery::{Battery, Made, batteries};
pub(crate) use board::Board;
pub(crate) use chassis::{Chassis, chassis_type_name};
pub(crate) use connector::{Connector, connectors};
pub(crate) use firmware::Firmware;
pub(crate) use memory::{MemoryDevice, memory_devices};
pub(crate) use placeholder::meaningful;
pub(crate) use power_supply::{PowerSupply, State, power_supplies};
pub(crate) use processor::Processor;
pub(crate) use processor::processors;
pub(crate) use slot::{Slot, SlotUsage, slots};
pub(crate) use structure::{Structure, Tables};
pub(crate) use system::System;

use std::borrow::Cow;

/// A word of the standard's, or what stands for it in a tool's text.
pub(crate) type Word = Cow<'static, str>;

/// The four structures of which a machine has one: what it is, and who made it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) firmware: Firmware,
    pub(crate) system: System,
    pub(crate) board: Board,
    pub(crate) chassis: Chassis,
}

impl Identity {
    pub(crate) fn of(tables: &Tables) -> Self {
        Self {
            firmware: tables.first(firmware::TYPE).map(Firmware::of).unwrap_or_default(),
            system: tables.first(system::TYPE).map(|s| System::of(s, tables.version())).unwrap_or_default(),
            board: Board::main(tables.all(board::TYPE)),
            chassis: tables.first(chassis::TYPE).map(Chassis::of).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::testing::{Builder, whole_machine};
    use super::*;

    #[test]
    fn a_machine_is_what_its_tables_say() {
        let tables = Tables::decode(&testing::entry_point(2, 8), whole_machine());
        assert_eq!(tables.damage(), None);
        let identity = Identity::of(&tables);
        assert_eq!(identity.firmware.vendor.as_deref(), Some("Lab Firmware"));
        assert_eq!(identity.firmware.date.as_deref(), Some("03/17/2024"));
        assert!(identity.firmware.virtual_machine);
        assert_eq!(identity.system.product.as_deref(), Some("Model 1"));
        assert_eq!(identity.system.serial, None, "a placeholder is no serial number");
        assert_eq!(identity.system.uuid.as_deref(), Some("11223344-5566-7788-99aa-bbccddeeff00"));
        assert_eq!(identity.board.product.as_deref(), Some("Main board"), "not the riser");
        assert_eq!(identity.chassis.kind.as_deref(), Some("Laptop"));
        assert_eq!(identity.chassis.asset_tag.as_deref(), Some("TAG-1"));
    }

    #[test]
    fn before_2_6_a_uuid_is_in_the_order_of_its_bytes() {
        let tables = Tables::decode(&testing::entry_point(2, 4), whole_machine());
        assert_eq!(Identity::of(&tables).system.uuid.as_deref(), Some("44332211-6655-8877-99aa-bbccddeeff00"));
    }

    #[test]
    fn uuids_of_zeros_or_ones_are_none() {
        for byte in [0u8, 0xff] {
            let mut data = vec![0, 0, 0, 0];
            data.extend([byte; 16]);
            let tables = Tables::decode(&[], Builder::new().add(1, &data, &[]).end());
            assert_eq!(Identity::of(&tables).system.uuid, None);
        }
    }

    /// Everything that the decoder can say of a table.
    fn read_all(bytes: Vec<u8>) {
        for entry in [&b""[..], b"_SM_", b"_SM3_\0\0\x03\x02", &testing::entry_point(2, 4)] {
            let tables = Tables::decode(entry, bytes.clone());
            Identity::of(&tables);
            memory_devices(&tables);
            processors(&tables);
            batteries(&tables).count();
            slots(&tables).count();
            connectors(&tables).count();
            power_supplies(&tables).count();
            tables.damage();
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let whole = whole_machine();
        for end in 0..whole.len() {
            read_all(whole[..end].to_vec());
        }
        for at in 0..whole.len() {
            for byte in [0x00, 0x01, 0x04, 0x7f, 0x80, 0xfe, 0xff, whole[at] ^ 0x10] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                read_all(bytes);
            }
        }
        for fill in [0x00, 0x01, 0x04, 0x11, 0xff] {
            read_all(vec![fill; 4096]);
        }
    }
}
