//! The local dates of times. Packages come many at a time: most dates have been asked for before.

use crate::Scan;
use std::collections::HashMap;

pub(super) struct Days(HashMap<i64, Option<String>>);

impl Days {
    /// Every zone of today changes its date at a whole quarter of an hour of UTC.
    const STEP: i64 = 15 * 60;

    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// `YYYY-MM-DD` of seconds since 1970.
    pub(super) fn of(&mut self, scan: &Scan<'_>, secs: i64) -> Option<&str> {
        self.0.entry(secs.div_euclid(Self::STEP)).or_insert_with(|| scan.machine.local_date(secs)).as_deref()
    }
}
