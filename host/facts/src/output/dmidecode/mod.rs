//! dmidecode(8): SMBIOS in words.
//!
//! Its text becomes the same structures as the table's own bytes, and from there the same rows. The labels are those of
//! version 2.0 and later; of the ones before, from 2003, only some are read. A text that is not dmidecode's has no
//! structures.

mod record;
mod structures;
#[cfg(test)]
mod tests;

use crate::smbios::{Identity, Processor, rows};
use airlock_model::Row;
use record::{Record, records};

/// A machine as dmidecode prints it.
#[derive(Debug)]
pub struct Dmidecode<'a> {
    records: Vec<Record<'a>>,
}

impl<'a> Dmidecode<'a> {
    pub fn parse(text: &'a str) -> Self {
        Self { records: records(text) }
    }

    /// The row of the section `bios`.
    pub fn bios(&self) -> Row {
        rows::bios(&self.identity())
    }

    /// What there is for the section `hardware`.
    pub fn hardware(&self) -> Row {
        rows::hardware(&self.identity())
    }

    /// The date of the firmware as the firmware writes it.
    pub fn firmware_date(&self) -> Option<String> {
        self.identity().firmware.date
    }

    /// The places for memory modules, one row each, empty ones too.
    pub fn memories(&self) -> Vec<Row> {
        let devices = structures::memory_devices(&self.records);
        (1_i64..)
            .zip(devices)
            .map(|(number, device)| rows::memory(number, device))
            .filter(|row| !row.is_empty())
            .collect()
    }

    /// The slots for cards. A row is empty where nothing is known of one.
    pub fn slots(&self) -> Vec<Row> {
        self.of(9).map(|record| rows::slot(structures::slot(record))).collect()
    }

    /// The connectors of the machine. A row is empty where nothing is known of one.
    pub fn ports(&self) -> Vec<Row> {
        self.of(8).map(|record| rows::connector(structures::connector(record))).collect()
    }

    pub fn power_supplies(&self) -> Vec<Row> {
        let rows = self.of(39).map(|record| rows::power_supply(structures::power_supply(record)));
        rows.filter(|row| !row.is_empty()).collect()
    }

    /// The batteries that have a name or a number.
    pub fn batteries(&self) -> Vec<Row> {
        let rows = self.of(22).map(|record| rows::battery(structures::battery(record)));
        rows.filter(rows::is_battery).collect()
    }

    /// The processors that work, in the order of the table.
    pub fn processors(&self) -> Vec<Processor> {
        self.of(4).filter_map(structures::processor).collect()
    }

    fn identity(&self) -> Identity {
        structures::identity(&self.records)
    }

    fn of(&self, kind: u8) -> impl Iterator<Item = &Record<'a>> {
        self.records.iter().filter(move |record| record.kind == kind)
    }
}
