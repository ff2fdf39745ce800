use crate::Scan;

pub(super) fn users(_scan: &Scan<'_>) {}

pub(super) fn groups(_scan: &Scan<'_>) {}
