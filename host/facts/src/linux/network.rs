use crate::Scan;

pub(super) fn collect(_scan: &Scan<'_>) {}

pub(super) fn names_and_gateway(_scan: &Scan<'_>) {}
