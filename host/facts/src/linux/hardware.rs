//! The machine as a whole: its name, its UUID, what kind of case it is in.

use super::{host_name, identity};
use crate::Scan;
use airlock_model::Row;

pub(super) fn collect(scan: &Scan<'_>) {
    let dmi = scan.machine.dmi();
    let uuid = identity::uuid(scan.machine);
    if uuid.is_none() {
        dmi.say_root_only(scan, |path| path.ends_with("/product_uuid") || path.ends_with("/DMI"));
    }
    let mut row = Row::new();
    row.maybe("name", host_name::host_name(scan.roots()).map(|name| host_name::short(&name).to_owned()))
        .maybe("uuid", uuid)
        .maybe("chassis_type", dmi.identity.chassis.kind.clone());
    scan.row(row);
}
