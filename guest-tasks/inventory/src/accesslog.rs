//! When this inventory was made.

use airlock_task::{Row, run::Moment};

pub(crate) fn row(now: &Moment) -> Row {
    Row::new().with("logdate", now.local.as_str())
}
