//! The run itself: its log, its progress, its report, the time, chance.

use crate::bindings::airlock::task::run as wit;
use crate::{Error, Row, Table};

pub use wit::{Level, Moment, log, now, progress, random};

/// Values and bytes of texts in one message to the host: a message has a bound, a report has none.
const VALUES: usize = 50_000;
const TEXTS: usize = 1 << 20;

/// Adds rows to the report.
pub fn emit(section: &str, rows: Vec<Row>) -> Result<(), Error> {
    emit_table(section, Table::from_rows(rows))
}

/// Adds a table's rows to the report.
pub fn emit_table(section: &str, table: Table) -> Result<(), Error> {
    if table.is_empty() {
        return Ok(());
    }
    if table.len() == 1 || (table.values.len() <= VALUES && table.texts.len() <= TEXTS) {
        return wit::emit(section, &table);
    }
    let mut rows = table.into_rows();
    let rest = rows.split_off(rows.len() / 2);
    emit(section, rows)?;
    emit(section, rest)
}
