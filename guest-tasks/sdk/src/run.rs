//! The run itself: its log, its progress, its report, the time.

use crate::bindings::airlock::task::run as wit;
use crate::convert::row_to_wit;
use crate::{Error, Row};

pub use wit::{Level, Moment, log, now, progress};

/// Rows in one message to the host: a message has a bound, a report of many rows has none.
const BATCH: usize = 500;

/// Adds rows to the report.
pub fn emit(section: &str, rows: Vec<Row>) -> Result<(), Error> {
    let mut rows = rows.into_iter().map(row_to_wit);
    loop {
        let batch: Vec<_> = rows.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(());
        }
        wit::emit(section, &batch)?;
    }
}
