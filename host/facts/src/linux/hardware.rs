//! The machine as a whole: its name, its UUID, what kind of case it is in.

use super::{host_name, identity, rhn};
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
        .maybe("chassis_type", dmi.identity.chassis.kind.clone())
        .maybe("winprodid", scan.text(rhn::FILE).as_deref().and_then(rhn::system_id));
    scan.row(row);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn the_case_and_the_number_of_a_subscription() {
        let id = "<member><name>system_id</name><value><string>ID-1000010000</string></value></member>";
        let machine = TestMachine::of(&[("sys/class/dmi/id/chassis_type", "10\n"), ("etc/sysconfig/rhn/systemid", id)]);
        let row = machine.rows(collect).remove(0);
        assert_eq!((row.text("chassis_type"), row.text("winprodid")), (Some("Notebook"), Some("ID-1000010000")));
    }
}
