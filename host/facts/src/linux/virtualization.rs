//! Whether the machine is a physical one.

use crate::Scan;
use airlock_model::Row;

pub(super) fn collect(scan: &Scan<'_>) {
    let guest = scan.machine.guest();
    if guest.init_unreadable && guest.is_physical() {
        scan.attr(super::guest::INIT_ENVIRONMENT);
    }
    scan.row(Row::new().with("vmsystem", guest.name.as_str()));
}
