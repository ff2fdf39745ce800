use crate::Scan;

pub(super) fn collect(_scan: &Scan<'_>) {}

pub(super) fn totals(_scan: &Scan<'_>) {}
