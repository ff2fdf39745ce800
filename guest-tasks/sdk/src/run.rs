//! The run itself: its log, its progress, its report, the time.

use crate::bindings::airlock::task::run as wit;
use crate::convert::table_from_rows;
use crate::{Error, Row};

pub use wit::{Level, Moment, log, now, progress};

/// Rows in one message to the host: a message has a bound, a report of many rows has none.
const BATCH: usize = 500;

/// Adds rows to the report.
pub fn emit(section: &str, rows: Vec<Row>) -> Result<(), Error> {
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        wit::emit(section, &table_from_rows(rows.by_ref().take(BATCH)))?;
    }
    Ok(())
}
