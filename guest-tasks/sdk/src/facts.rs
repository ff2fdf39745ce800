//! What this machine is.

use crate::bindings::airlock::facts::facts as wit;
use crate::convert::rows_from_table;
use crate::{Error, Row};

pub use wit::{FieldInfo, SectionInfo, expect, sections};

/// The rows of a section, and what is missing from them.
#[derive(Debug, Default)]
pub struct Reading {
    pub rows: Vec<Row>,
    /// In words for people; empty when the section is whole.
    pub missing: Vec<String>,
}

/// Reads one section.
pub fn read(section: &str) -> Result<Reading, Error> {
    let reading = wit::read(section)?;
    Ok(Reading { rows: rows_from_table(reading.rows), missing: reading.missing })
}
