use crate::Scan;

pub(super) fn collect(_scan: &Scan<'_>) {}
