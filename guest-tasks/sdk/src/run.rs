//! The run itself: its log, its progress, its report, the time.

use crate::bindings::airlock::task::run as wit;
use crate::{Error, Row, Table};

pub use wit::{Level, Moment, log, now, progress};

/// Rows in one message to the host: a message has a bound, a report of many rows has none.
const BATCH: usize = 500;

/// Adds rows to the report.
pub fn emit(section: &str, rows: Vec<Row>) -> Result<(), Error> {
    emit_table(section, Table::from_rows(rows))
}

/// Adds a table's rows to the report.
pub fn emit_table(section: &str, mut table: Table) -> Result<(), Error> {
    while table.rows.len() > BATCH {
        let rest = table.rows.split_off(BATCH);
        wit::emit(section, &table)?;
        table.rows = rest;
    }
    if table.rows.is_empty() { Ok(()) } else { wit::emit(section, &table) }
}
