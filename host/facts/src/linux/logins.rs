use crate::Scan;

pub(super) fn collect(_scan: &Scan<'_>) {}

pub(super) fn last(_scan: &Scan<'_>) {}
